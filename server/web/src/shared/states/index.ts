export { Answered } from "./Answered";
export { Failed } from "./Failed";
export { BeginAnew, Loading, RetryButton, State } from "./State";
