import { parseAsIsoDate, useQueryState } from "nuqs";
import { endOf } from "../../shared/day/endOf";

export interface Day {
  /** The variable of `me`; null for now. */
  asOf: string | null;
  /** The day that is looked at; null for today. */
  on: Date | null;
  choose: (day: Date | null) => void;
}

/** Which day all views show: the `on` of the address, or else today. */
export function useDay(): Day {
  const [on, set] = useQueryState("on", parseAsIsoDate.withOptions({ history: "push" }));
  const asOf = on && endOf(on);
  return { asOf, on: asOf ? on : null, choose: (day) => void set(day) };
}
