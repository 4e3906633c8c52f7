import type { Impact, ReadClauseFragment, ToldChangeFragment } from "../../gql/graphql";
import { findText } from "../../shared/texts";
import { type NamedElement, namedOf } from "../words/named";

export type Mark = "ADDED" | "REMOVED" | "ALTERED";

/** The gravest first. */
export const IMPACTS: readonly Impact[] = ["DIRECT", "INDIRECT", "NONE"];

/** Whether an impact is less than what the rule says: then a reason is needed. */
export const isLess = (impact: Impact, byRule: Impact): boolean => IMPACTS.indexOf(impact) > IMPACTS.indexOf(byRule);

/** What a change does to its subject. */
export function markOf({ __typename }: Pick<ToldChangeFragment, "__typename">): Mark {
  if (__typename === "ElementAdded" || __typename === "ClauseAdded") return "ADDED";
  return __typename === "ElementRemoved" || __typename === "ClauseRemoved" ? "REMOVED" : "ALTERED";
}

/** The element that a change is of; null of one of the text. */
export function elementOf(change: ToldChangeFragment): NamedElement | null {
  if ("element" in change) return namedOf(change.element);
  return "new" in change ? namedOf(change.new) : null;
}

/** The clause that a change is of, in the newer text if it is there; null of one of the map. */
export function clauseOf(change: ToldChangeFragment): ReadClauseFragment | null {
  if ("clause" in change) return change.clause;
  return "newClause" in change ? change.newClause : null;
}

/** A field of an element, or a relationship, in words; of a rule's exceptions also which one. */
export function fieldName(field: string): string {
  const [name = "", key] = field.split(".");
  const words = findText(`field.${name}`) ?? name;
  return key === undefined ? words : `${words}: ${key}`;
}

/** The catalogue's words for values. */
const WORDS: Partial<Record<string, string>> = {
  kind: "detail",
  legal_basis: "detail",
  adequacy: "detail",
  notice_channels: "channel",
  outcome: "value.outcome",
  start: "value.start",
  condition: "value.condition",
  special: "value.flag",
  direct_marketing: "value.flag",
  identifiable: "value.flag",
};

/** What a field says, in words. */
export function valueText(field: string, value: string): string {
  const words = WORDS[field];
  if (words === undefined) return value;
  return value
    .split(", ")
    .map((each) => findText(`${words}.${each}`) ?? each)
    .join(", ");
}
