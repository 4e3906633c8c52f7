export { Answered } from "./Answered";
export { Failed } from "./Failed";
export { Loading, RetryButton, State } from "./State";
