import { parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useRevision } from "../revision/useRevision";
import { before, type Revision } from "./revisions";

export const SHOWN = ["changes", "text", "map", "reach", "telling"] as const;
export type Shown = (typeof SHOWN)[number];

const OF_TIME = { against: parseAsInteger, show: parseAsStringLiteral(SHOWN).withDefault("changes") };

export interface ComparisonChoice {
  /** The revision that is looked at; undefined where none is there. */
  to: Revision | undefined;
  /** The one that it is compared with; undefined for the first. */
  from: Revision | undefined;
  show: Shown;
  compareWith: (number: number) => void;
  lookAt: (number: number) => void;
  set: (show: Shown) => void;
}

/** Which two revisions stand beside each other: the one with a number and another one, by default the one before. */
export function useComparison(revisions: readonly Revision[], number: number | undefined): ComparisonChoice {
  const { choose } = useRevision();
  const [{ against, show }, set] = useQueryStates(OF_TIME, { history: "push" });
  const find = (wanted: number | undefined) => revisions.find((each) => each.number === wanted);
  const to = find(number);
  return {
    to,
    // With itself nothing is compared.
    from: against === null || against === to?.number ? to && before(revisions, to.number) : find(against),
    show,
    compareWith: (number) => void set({ against: number }),
    lookAt: (number) => {
      void set({ against: null });
      choose({ revision: number });
    },
    set: (next) => void set({ show: next }),
  };
}
