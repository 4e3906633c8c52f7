import { litBy } from "./lit";
import type { Network } from "./network";

export const MARKS = ["violation", "gap", "unstated"] as const;

export interface Filter {
  /** In the name or the key, in any case. */
  text: string;
  /** Any of these. Empty: whatever. */
  marks: readonly (typeof MARKS)[number][];
  /** Details, any of these. Empty: whatever. */
  details: readonly string[];
}

export interface Filtered {
  /** The elements that are as the filter asks. */
  matches: ReadonlySet<number>;
  /** With all that leads to them and from them. */
  shown: ReadonlySet<number>;
}

/** The elements that stand in a table: what a filter leaves but for hidden kinds; null for all. */
export function listed(
  { elements }: Network,
  matches: ReadonlySet<number> | null,
  hidden: ReadonlySet<string>,
): ReadonlySet<number> | null {
  if (hidden.size === 0) return matches;
  return new Set([...(matches ?? elements.keys())].filter((place) => !hidden.has(elements[place]?.kind ?? "")));
}

/** What a filter leaves; null where it asks for nothing. */
export function filtered(network: Network, { text, marks, details }: Filter): Filtered | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === "" && marks.length === 0 && details.length === 0) return null;
  const matches = new Set<number>();
  for (const [place, element] of network.elements.entries()) {
    const { name, key, detail, isStated, violations, gaps } = element;
    const has = { violation: violations > 0, gap: gaps > 0, unstated: !isStated };
    const isMatch =
      (wanted === "" || name.toLowerCase().includes(wanted) || key.toLowerCase().includes(wanted)) &&
      (marks.length === 0 || marks.some((mark) => has[mark])) &&
      (details.length === 0 || details.includes(detail));
    if (isMatch) matches.add(place);
  }
  return { matches, shown: litBy(network, matches).elements };
}
