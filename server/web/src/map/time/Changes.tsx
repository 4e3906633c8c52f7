import { Equal } from "lucide-react";
import { useMemo, useRef } from "react";
import { ComparedDocument, type ToldChangeFragment } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered, State } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { Figures, Part } from "../words/Figures";
import { ChangeItem } from "./ChangeItem";
import classes from "./Changes.module.css";
import { IMPACTS } from "./changes";

export interface TwoRevisions {
  from: number;
  to: number;
}

/** What differs between two revisions, read whole and kept for all that shows it. */
export const useCompared = (revisions: TwoRevisions) =>
  useWhole(ComparedDocument, revisions, ({ compare }) => compare?.changes);

/** Whether a list was read to its end. */
export const isWhole = (list: { rows: readonly unknown[]; totalCount: number } | undefined): boolean =>
  list !== undefined && list.rows.length >= list.totalCount;

/** The changes by what they do to people's rights, the gravest first. */
export function Changes({ from, to, draft }: TwoRevisions & { draft: number | null }) {
  const answer = useCompared({ from, to });
  return (
    <Answered answer={answer} what={t("time.comparing")}>
      {({ data: { compare }, rows, totalCount }) =>
        compare && (
          <Told counts={compare.counts} changes={rows} total={totalCount} revisions={{ from, to }} draft={draft} />
        )
      }
    </Answered>
  );
}

interface ToldProps {
  counts: { direct: number; indirect: number; none: number };
  changes: readonly ToldChangeFragment[];
  total: number;
  revisions: TwoRevisions;
  /** The draft whose changes can be judged otherwise. */
  draft: number | null;
}

function Told({ counts, changes, total, revisions, draft }: ToldProps) {
  const judgedRef = useRef<string | null>(null);
  const judging = useMemo(() => (draft === null ? null : { draft, judgedRef }), [draft]);
  if (changes.length === 0) return <State icon={Equal} title={t("time.same")} hint={t("time.same.hint")} />;
  return (
    <>
      <Figures
        figures={[
          { title: t("impact.DIRECT.figure", { count: counts.direct }), value: count(counts.direct) },
          { title: t("impact.INDIRECT.figure", { count: counts.indirect }), value: count(counts.indirect) },
          { title: t("impact.NONE.figure", { count: counts.none }), value: count(counts.none) },
        ]}
      />
      <Cut count={changes.length} all={total} />
      {IMPACTS.map((impact) => {
        const group = changes.filter((each) => each.impact === impact);
        return (
          group.length > 0 && (
            <Part key={impact} title={t(`impact.${impact}`)}>
              <ul className={`rows-on-a-card ${classes.changes}`}>
                {group.map((change) => (
                  <ChangeItem key={change.key} change={change} revisions={revisions} judging={judging} />
                ))}
              </ul>
            </Part>
          )
        );
      })}
    </>
  );
}
