export { Answered } from "./Answered";
export { Failed, NotDone } from "./Failed";
export { BeginAnew, Loading, RetryButton, SignInButton, State } from "./State";
