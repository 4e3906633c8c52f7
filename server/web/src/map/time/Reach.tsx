import { Anchor } from "@mantine/core";
import { useMemo } from "react";
import { ReachOfRevisionDocument, type ReachOfRevisionQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered } from "../../shared/states";
import { count, moment, t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { Figures, Part } from "../words/Figures";
import classes from "./Reach.module.css";
import { ReachTable } from "./ReachTable";

/** Counting takes seconds: it is asked for once, and kept for a while. */
export const useReach = (number: number) => useAnswer(ReachOfRevisionDocument, { number });

/** How many people a revision touches, by change and by the channel on which they are told. */
export function Reach({ number }: { number: number }) {
  const answer = useReach(number);
  return (
    <Answered answer={answer} what={t("reach.loading")}>
      {({ revision }) => revision?.reach && <Counted number={number} reach={revision.reach} />}
    </Answered>
  );
}

type ReachOf = NonNullable<NonNullable<ReachOfRevisionQuery["revision"]>["reach"]>;

function Counted({
  number,
  reach: { subjects, channels, changes, at, comparedWith },
}: {
  number: number;
  reach: ReachOf;
}) {
  const rows = useMemo(() => changes.nodes.toSorted((one, other) => other.subjects - one.subjects), [changes.nodes]);
  const touching = rows.filter((row) => row.subjects > 0);
  return (
    <>
      <Figures
        figures={[
          { title: t("reach.people", { count: subjects }), value: count(subjects) },
          ...channels.map(({ channel, subjects: told }) => ({ title: t(`channel.${channel}`), value: count(told) })),
        ]}
      />
      <p className={classes.note}>
        {comparedWith === null
          ? t("reach.first", { when: moment(at) })
          : t("reach.against", { number: String(comparedWith), when: moment(at) })}{" "}
        {subjects > 0 && (
          <Anchor inherit href={`/reach/${number}/ids`}>
            {t("reach.ids")}
          </Anchor>
        )}
      </p>
      <Part title={t("reach.changes")}>
        {touching.length === 0 || comparedWith === null ? (
          <p className={classes.note}>{t("reach.none")}</p>
        ) : (
          <ReachTable rows={touching} revisions={{ from: comparedWith, to: number }} />
        )}
        <Cut count={rows.length} all={changes.totalCount} />
      </Part>
    </>
  );
}
