import type { Impact, ReadClauseFragment, ToldChangeFragment } from "../../gql/graphql";
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

/** `legal_basis`, as the map file has it, in words. */
export const attributeName = (attribute: string): string => attribute.replaceAll(/[_-]/g, " ");
