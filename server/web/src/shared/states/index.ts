export { Answered } from "./Answered";
export { Failed, NotDone } from "./Failed";
export { BeginAnew, Loading, RetryButton, State } from "./State";
