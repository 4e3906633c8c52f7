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
  return {
    variables: { number: revision, asOf: revision === null && on ? endOf(on) : null },
    on: revision === null ? on : null,
    choose: (choice) => void set({ revision: null, on: null, ...choice }),
  };
}
