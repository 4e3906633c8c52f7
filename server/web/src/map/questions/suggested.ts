import { t } from "../../shared/texts";
import { type Network, nameOf, type OutlineElement } from "../network/network";

export interface Suggestion {
  text: string;
  from?: string[];
  to?: string[];
  of?: string[];
}

/** How many elements the service takes on one side of a question. */
const ENDS_AT_MOST = 200;
const IMPACTS_AT_MOST = 3;

/** Which paths this map makes one ask for first. */
export function pathSuggestions({ elements }: Network): Suggestion[] {
  const names = (isMeant: (element: OutlineElement) => boolean) => elements.filter(isMeant).map(nameOf);
  const unsafe = names(({ kind, detail }) => kind === "COUNTRY" && detail === "NONE");
  const special = names(({ kind, detail }) => kind === "DATA_CATEGORY" && detail === "SPECIAL");
  const processors = names(({ kind, detail }) => kind === "RECIPIENT" && detail === "PROCESSOR");
  const found: Suggestion[] = [
    { text: t("paths.suggest.unsafe"), to: unsafe },
    { text: t("paths.suggest.special"), from: special },
    { text: t("paths.suggest.processors"), to: processors },
  ];
  return found.filter(({ from, to }) => isSendable(from) || isSendable(to));
}

const isSendable = (names: readonly string[] = []): boolean => names.length > 0 && names.length <= ENDS_AT_MOST;

/** What of this map is most likely to go: processors, which are hired. */
export function impactSuggestions({ elements }: Network): Suggestion[] {
  return elements
    .filter(({ kind, detail, isNamed }) => kind === "RECIPIENT" && detail === "PROCESSOR" && isNamed)
    .slice(0, IMPACTS_AT_MOST)
    .map((element) => ({ text: t("impact.suggest", { name: element.name }), of: [nameOf(element)] }));
}
