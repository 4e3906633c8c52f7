import type { ElementKind, ToldChangeFragment } from "../../gql/graphql";
import { KINDS, type Kind, type Network, nameOf } from "../network/network";
import { called, KINDS_IN_ORDER, type NamedElement, namedOf } from "../words/named";
import { elementOf, type Mark, markOf } from "./changes";

/** From so many elements on, what is the same is hidden at first: no screen has them. */
export const LARGE_FROM = 60;

/** An element in the older map and its counterpart in the newer. */
export interface Pair {
  kind: ElementKind;
  key: string;
  /** What it is called there; null where it is not. */
  old: string | null;
  new: string | null;
  /** Null: nothing of it changed, as far as changes are known. */
  mark: Mark | null;
}

/** Whether the older or the newer map is too large to be there whole. */
export interface CutMaps {
  old: boolean;
  new: boolean;
}

/** The elements of both maps in the order of the newer one, what is gone behind what it stood behind; then what a map has
 * besides, of which only what differs is known. What a map that was cut lacks may have been there: that it is new or gone
 * the changes say. */
export function pairsOf(
  before: Network,
  after: Network,
  changes: readonly ToldChangeFragment[],
  cut: CutMaps = { old: false, new: false },
): Pair[] {
  const changed = changedElements(changes);
  const gone = goneBehind(before, after, changed, cut);
  const drawn = after.elements.flatMap((element, place): Pair[] => {
    const name = nameOf(element);
    const { kind, key } = element;
    const found = changed.get(name);
    const was = before.elements[before.places.get(name) ?? -1]?.name;
    const isNew = was === undefined && (!cut.old || found?.mark === "ADDED");
    const old = isNew ? null : (was ?? found?.was.name ?? element.name);
    const mark = isNew ? "ADDED" : found ? "ALTERED" : null;
    const first = after.elements[place - 1]?.kind === kind ? [] : (gone.get(kind) ?? []);
    return [...first, { kind, key, old, new: element.name, mark }, ...(gone.get(name) ?? [])];
  });
  // Of a kind that the newer map has none of, all are gone.
  const left = KINDS.flatMap((kind) =>
    after.elements.some((each) => each.kind === kind) ? [] : (gone.get(kind) ?? []),
  );
  const others = [...changed.values()].flatMap(({ element, was, mark }): Pair[] => {
    const { kind, key } = element;
    if (isDrawn(kind)) return [];
    return [
      {
        kind,
        key,
        old: mark === "ADDED" ? null : called(before, was).name,
        new: mark === "REMOVED" ? null : called(after, element).name,
        mark,
      },
    ];
  });
  const order = (pair: Pair) => KINDS_IN_ORDER.indexOf(pair.kind);
  return [...drawn, ...left, ...others].toSorted((one, other) => order(one) - order(other));
}

/** Whether the picture has a column for a kind. */
export const isDrawn = (kind: ElementKind): kind is Kind => KINDS.some((each) => each === kind);

interface Changed {
  element: NamedElement;
  was: NamedElement;
  mark: Mark;
}

function changedElements(changes: readonly ToldChangeFragment[]): Map<string, Changed> {
  const found = new Map<string, Changed>();
  for (const change of changes) {
    const element = elementOf(change);
    if (!element) continue;
    const name = nameOf(element);
    const mark = markOf(change);
    // Of one that is new or gone there are other changes too.
    if (found.has(name) && mark === "ALTERED") continue;
    found.set(name, { element, was: "old" in change ? namedOf(change.old) : element, mark });
  }
  return found;
}

/** Those that the newer map has no more, by the name of what they stood behind there, or by their kind. */
function goneBehind(
  before: Network,
  after: Network,
  changed: ReadonlyMap<string, Changed>,
  cut: CutMaps,
): Map<string, Pair[]> {
  const gone = new Map<string, Pair[]>();
  let behind = "";
  for (const [place, element] of before.elements.entries()) {
    const { kind, key, name } = element;
    if (before.elements[place - 1]?.kind !== kind) behind = kind;
    if (after.places.has(nameOf(element))) behind = nameOf(element);
    else {
      const pairs = gone.get(behind) ?? [];
      const found = changed.get(nameOf(element));
      const isGone = !cut.new || found?.mark === "REMOVED";
      pairs.push({
        kind,
        key,
        old: name,
        new: isGone ? null : (found?.element.name ?? name),
        mark: isGone ? "REMOVED" : found ? "ALTERED" : null,
      });
      gone.set(behind, pairs);
    }
  }
  return gone;
}

/** Pairs of the picture in its columns, line by line; columns of which nothing is left are left out. */
export function linesOf(pairs: readonly Pair[]): { kinds: Kind[]; lines: (Pair | undefined)[][] } {
  const groups = Map.groupBy(pairs, ({ kind }) => kind);
  const kinds = KINDS.filter((kind) => groups.has(kind));
  const length = Math.max(0, ...kinds.map((kind) => groups.get(kind)?.length ?? 0));
  return {
    kinds,
    lines: Array.from({ length }, (_, line) => kinds.map((kind) => groups.get(kind)?.[line])),
  };
}

/** The changes of an element: of itself, and of what refers to it. */
export function changesOf(element: { kind: ElementKind; key: string }, changes: readonly ToldChangeFragment[]) {
  const name = nameOf(element);
  return changes.filter((change) => {
    const named = [elementOf(change), "target" in change ? namedOf(change.target) : null];
    return named.some((each) => each !== null && nameOf(each) === name);
  });
}
