export { takeLostFocus } from "../shared/page/focus";
