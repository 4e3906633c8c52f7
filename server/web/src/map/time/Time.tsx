import { Anchor, SegmentedControl, Select } from "@mantine/core";
import { History } from "lucide-react";
import { InForceDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Reading } from "../../shared/page/Reading";
import { Answered, State } from "../../shared/states";
import { day, t } from "../../shared/texts";
import { findChoices } from "../revision/find";
import { useRevision } from "../revision/useRevision";
import { useRevisions } from "../revision/useRevisions";
import { Cut } from "../words/Cut";
import { Changes } from "./Changes";
import { MapBeside } from "./MapBeside";
import { Publish } from "./Publish";
import { Reach } from "./Reach";
import { lastPublished, type Revision } from "./revisions";
import { Telling } from "./Telling";
import { TextBeside } from "./TextBeside";
import classes from "./Time.module.css";
import { SHOWN, useComparison } from "./useComparison";

/** By typing its number: a list of all of them is long. */
const FINDING = { searchable: true, filter: findChoices, limit: 100, nothingFoundMessage: t("revision.find.none") };

/** Two revisions beside each other, whom the difference reaches, and how it becomes law: published and told. */
export default function Time() {
  const answer = useRevisions();
  return (
    <Reading wide title={t("map.views.time")} intro={t("time.intro")}>
      <Answered answer={answer} what={t("time.loading")}>
        {({ rows, totalCount }) => (
          <>
            <Cut count={rows.length} all={totalCount} />
            <Chosen revisions={rows} />
          </>
        )}
      </Answered>
    </Reading>
  );
}

/** The revision of the picker. Which one is in force the service says, as it does for all other views. */
function Chosen({ revisions }: { revisions: readonly Revision[] }) {
  const { number, asOf } = useRevision().variables;
  const inForce = useAnswer(InForceDocument, { asOf }, { enabled: number === null });
  if (number !== null) return <Compared revisions={revisions} number={number} />;
  return (
    <Answered answer={inForce} what={t("time.loading")}>
      {({ policy }) => <Compared revisions={revisions} number={policy?.revision.number} />}
    </Answered>
  );
}

interface ComparedProps {
  revisions: readonly Revision[];
  /** Of the revision that is looked at. */
  number: number | undefined;
}

function Compared({ revisions, number }: ComparedProps) {
  const { to, from, show, compareWith, lookAt, set } = useComparison(revisions, number);
  const draft = revisions.find(({ state }) => state === "DRAFT");
  if (!to) return <State icon={History} title={t("time.none")} hint={t("time.none.hint")} />;
  const choices = revisions.map((each) => ({ value: String(each.number), label: nameOf(each) }));
  const last = to.state === "DRAFT" ? "publish" : "telling";
  return (
    <>
      <div className={classes.choice}>
        <Select
          label={t("time.from")}
          {...FINDING}
          placeholder={t("time.from.none")}
          allowDeselect={false}
          data={choices.filter(({ value }) => value !== String(to.number))}
          value={from ? String(from.number) : null}
          onChange={(value) => value && compareWith(Number(value))}
        />
        <Select
          label={t("time.to")}
          {...FINDING}
          allowDeselect={false}
          data={choices}
          value={String(to.number)}
          onChange={(value) => value && lookAt(Number(value))}
        />
      </div>
      <p className={classes.summary}>{to.summary}</p>
      {draft && draft.number !== to.number && (
        <p className={classes.draft}>
          {t("time.draft", { number: String(draft.number) })}{" "}
          <Anchor component="button" type="button" onClick={() => lookAt(draft.number)}>
            {t("time.draft.look")}
          </Anchor>
        </p>
      )}
      <SegmentedControl
        aria-label={t("time.show")}
        className={classes.shown}
        value={show}
        onChange={(next) => set(SHOWN.find((each) => each === next) ?? "changes")}
        data={SHOWN.map((value) => ({
          value,
          label: t(value === "telling" ? `time.show.${last}` : `time.show.${value}`),
        }))}
      />
      {show === "telling" ? (
        to.state === "DRAFT" ? (
          <Publish key={to.number} revision={to} revisions={revisions} />
        ) : (
          <Telling number={to.number} />
        )
      ) : !from ? (
        <State icon={History} title={t("time.first")} hint={t("time.first.hint")} />
      ) : show === "changes" ? (
        <Changes
          from={from.number}
          to={to.number}
          draft={to.state === "DRAFT" && from.number === lastPublished(revisions) ? to.number : null}
        />
      ) : show === "text" ? (
        <TextBeside from={from.number} to={to.number} />
      ) : show === "map" ? (
        <MapBeside from={from.number} to={to.number} />
      ) : (
        <Reach number={to.number} />
      )}
    </>
  );
}

function nameOf({ number, state, effectiveAt }: Revision): string {
  const name = t("revision.number", { number: String(number) });
  if (state !== "PUBLISHED" || effectiveAt === null) return `${name}, ${t(`revision.state.${state}`)}`;
  return `${name}, ${t("revision.from", { day: day(effectiveAt) })}`;
}
