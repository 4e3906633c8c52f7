import { parseAsInteger, parseAsIsoDate, useQueryStates } from "nuqs";
import { endOf } from "../../shared/day/endOf";

const OF_REVISION = { revision: parseAsInteger, on: parseAsIsoDate };

export interface RevisionChoice {
  /** The variables of `dataMap`, `policy` and their like; both null for the revision in force. */
  variables: { number: number | null; asOf: string | null };
  /** The day that is looked at, if one was chosen. */
  on: Date | null;
  choose: (choice: { revision: number } | { on: Date } | null) => void;
}

/** Which revision a view is to show: the `revision` or the `on` of its address, or else the one in force. */
export function useRevision(): RevisionChoice {
  const [{ revision, on }, set] = useQueryStates(OF_REVISION, { history: "push" });
  // Of a day that is not over nobody knows how it ends.
  const asOf = revision === null && on ? endOf(on) : null;
  return {
    variables: { number: revision, asOf },
    on: asOf === null ? null : on,
    choose: (choice) => void set({ revision: null, on: null, ...choice }),
  };
}
