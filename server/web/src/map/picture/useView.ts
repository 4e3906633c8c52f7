import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { t } from "../../shared/texts";
import { MARKS } from "../network/filter";
import { kindName } from "../network/kinds";
import { KINDS, type Network } from "../network/network";
import { ROWS_AT_MOST } from "../network/scene";

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
  /** Rests of which more is shown, each as often as somebody asked for more. */
  more: parseAsArrayOf(parseAsString).withDefault([]),
  /** A column of the table, with a minus before it from the largest on. */
  sort: parseAsString,
  show: parseAsStringLiteral(SHOWN).withDefault("both"),
};

/** What the address says of the view: all of it but how far one has moved. */
export const useView = () => useQueryStates(OF_VIEW, { history: "replace" });

/** How many rows more each rest has given up. */
export function rowsOf(more: readonly string[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const id of more) rows.set(id, (rows.get(id) ?? 0) + 2 * ROWS_AT_MOST);
  return rows;
}

/** What an address selects that the revision does not have, in words; null where it has it, or none is selected. */
export function missingIn({ places }: Pick<Network, "places">, select: string | null): string | null {
  if (select === null || places.has(select)) return null;
  const [kind = "", ...key] = select.split(":");
  const known = KINDS.find((each) => each === kind);
  return t("picture.missing", { name: known ? `${kindName(known)} ${key.join(":")}` : select });
}

export type View = ReturnType<typeof useView>[0];
export type SetView = ReturnType<typeof useView>[1];
