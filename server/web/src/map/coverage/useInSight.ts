import { type RefCallback, useCallback, useEffect, useRef } from "react";

/** For a list that scrolls: brings the first row with `data-here` into sight whenever another thing is selected. */
export function useInSight(selected: string | null): RefCallback<HTMLElement> {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (selected === null || !place.current) return;
    const list = place.current;
    const here = list.querySelector<HTMLElement>("[data-here]");
    if (!here) return;
    const [view, row] = [list.getBoundingClientRect(), here.getBoundingClientRect()];
    if (row.top < view.top || row.bottom > view.bottom) list.scrollTop += row.top - view.top - view.height / 4;
  }, [selected]);
  return useCallback((element) => {
    place.current = element;
  }, []);
}
