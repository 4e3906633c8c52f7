import type { Impact, ReadClauseFragment, ToldChangeFragment } from "../../gql/graphql";
import { type NamedElement, namedOf } from "../words/named";

export type Mark = "ADDED" | "REMOVED" | "ALTERED";

export const IMPACTS: readonly Impact[] = ["DIRECT", "INDIRECT", "NONE"];

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

export interface MarkedElement extends NamedElement {
  /** Null: nothing of it changed. */
  mark: Mark | null;
  /** How many changes there are of it. */
  changes: number;
}

/** The elements of the newer map and those that are gone, each with what became of it. */
export function markedElements(
  elements: readonly NamedElement[],
  changes: readonly ToldChangeFragment[],
): MarkedElement[] {
  const name = ({ kind, key }: NamedElement) => `${kind}:${key}`;
  const marked = new Map<string, MarkedElement>(
    elements.map(({ kind, key, name: called }) => [
      name({ kind, key, name: called }),
      { kind, key, name: called, mark: null, changes: 0 },
    ]),
  );
  for (const change of changes) {
    const element = elementOf(change);
    if (!element) continue;
    const before = marked.get(name(element));
    const mark = markOf(change);
    marked.set(name(element), {
      ...element,
      mark: before?.mark && before.mark !== "ALTERED" ? before.mark : mark,
      changes: (before?.changes ?? 0) + 1,
    });
  }
  return [...marked.values()];
}
