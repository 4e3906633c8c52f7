import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { MARKS } from "../network/filter";

export const SHOWN = ["both", "picture", "table"] as const;

const OF_VIEW = {
  /** The selected element: `SERVICE:billing`. */
  select: parseAsString,
  /** Kinds that are not drawn. */
  hide: parseAsArrayOf(parseAsString).withDefault([]),
  /** Text to look for. */
  q: parseAsString.withDefault(""),
  mark: parseAsArrayOf(parseAsStringLiteral(MARKS)).withDefault([]),
  detail: parseAsArrayOf(parseAsString).withDefault([]),
  depth: parseAsStringLiteral(["open", "closed"]),
  /** Nodes that are opened or closed, other than at first. */
  open: parseAsArrayOf(parseAsString).withDefault([]),
  /** A column of the table, with a minus before it from the largest on. */
  sort: parseAsString,
  show: parseAsStringLiteral(SHOWN).withDefault("both"),
};

/** What the address says of the view: all of it but how far one has moved. */
export const useView = () => useQueryStates(OF_VIEW, { history: "replace" });

export type View = ReturnType<typeof useView>[0];
export type SetView = ReturnType<typeof useView>[1];
