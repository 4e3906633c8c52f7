import { defaultRangeExtractor, type Range, useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type FocusEvent, type RefCallback, useCallback, useEffect, useRef, useState } from "react";

/** A row to be drawn at its place, or the height of those that are not, before the next that is (-1: at the end). */
export type Seen = { index: number; gap?: never } | { gap: number; before: number; index?: never };

export interface SeenRows {
  /** Of the element that scrolls. */
  scroller: { ref: RefCallback<HTMLElement>; onFocus: (event: FocusEvent) => void };
  /** Of each row that is drawn, beside its `data-index`. */
  measured: (row: Element | null) => void;
  /** What to draw of the rows from one to before another. */
  among: (from: number, to: number) => Seen[];
}

/** For a long list that scrolls by itself: which of its rows are in sight, and so are drawn, with the one that has the
 * focus. Brings the row `here` into sight whenever that is another, if it is not -1. */
export function useSeen(keys: readonly string[], heightOf: (index: number) => number, here: number): SeenRows {
  const place = useRef<HTMLElement>(null);
  const { onFocus, rangeExtractor } = useFocusKept(keys);
  const virtual = useVirtualizer<HTMLElement, Element>({
    count: keys.length,
    getScrollElement: () => place.current,
    getItemKey: (index) => keys[index] ?? index,
    estimateSize: heightOf,
    rangeExtractor,
    overscan: 8,
  });
  useEffect(() => {
    if (here < 0) return;
    const { startIndex = 0, endIndex = -1 } = virtual.range ?? {};
    virtual.scrollToIndex(here, { align: startIndex <= here && here <= endIndex ? "auto" : "center" });
  }, [here, virtual]);
  const drawn = virtual.getVirtualItems();
  return {
    scroller: {
      ref: useCallback((element) => {
        place.current = element;
      }, []),
      onFocus,
    },
    measured: virtual.measureElement,
    among: (from, to) => {
      const { measurementsCache: measures } = virtual;
      return withGaps(
        drawn.filter(({ index }) => from <= index && index < to),
        measures[from]?.start ?? 0,
        measures[to - 1]?.end ?? 0,
      );
    },
  };
}

/** Of a list that draws what is in sight: has the row that has the focus drawn too, by its `data-index`. */
export function useFocusKept(keys: readonly string[]) {
  const [focused, setFocused] = useState<string | null>(null);
  const kept = focused === null ? -1 : keys.indexOf(focused);
  return {
    onFocus: ({ target }: FocusEvent) => {
      const index = Number(target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
      setFocused(keys[index] ?? null);
    },
    rangeExtractor: (range: Range) => {
      const found = defaultRangeExtractor(range);
      return kept < 0 || found.includes(kept) ? found : [...found, kept].sort((one, other) => one - other);
    },
  };
}

/** Rows that are drawn between two heights, with what is left out between them. */
export function withGaps(drawn: readonly Pick<VirtualItem, "index" | "start" | "end">[], top: number, end: number) {
  const seen: Seen[] = [];
  let at = top;
  for (const row of drawn) {
    if (row.start > at) seen.push({ gap: row.start - at, before: row.index });
    seen.push({ index: row.index });
    at = row.end;
  }
  if (end > at) seen.push({ gap: end - at, before: -1 });
  return seen;
}
