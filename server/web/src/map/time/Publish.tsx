import { Anchor } from "@mantine/core";
import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { FindingsDocument, type FoundByChecksFragment } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { FindingItem } from "../checks/FindingItem";
import { tallyOf } from "../checks/rules";
import { Cut } from "../words/Cut";
import classes from "./Publish.module.css";
import { PublishForm } from "./PublishForm";
import { useReach } from "./Reach";
import { lastPublished, type Revision } from "./revisions";

interface PublishProps {
  revision: Revision;
  revisions: readonly Revision[];
}

/** What stands between a draft and its publication, step by step. */
export function Publish({ revision, revisions }: PublishProps) {
  const { number, state } = revision;
  const findings = useWhole(FindingsDocument, { number, asOf: null }, ({ dataMap }) => dataMap?.findings);
  const reach = useReach(number);
  const tally = findings.data && tallyOf(findings.data.rows);
  const subjects = reach.data?.revision?.reach?.subjects;
  return (
    <ol className={classes.steps}>
      <Step title={t("publish.violations")}>
        <Answered small answer={findings} what={t("checks.loading")}>
          {({ rows, totalCount }) => (
            <>
              <Cut count={rows.length} all={totalCount} />
              <Violations
                revision={{ number, state }}
                violations={rows.filter(({ kind }) => kind === "VIOLATION")}
                gaps={tallyOf(rows).gaps}
              />
            </>
          )}
        </Answered>
      </Step>
      <Step title={t("publish.people")}>
        <Answered small answer={reach} what={t("reach.loading")}>
          {({ revision: counted }) =>
            counted?.reach && (
              <p>
                {t("publish.told", { count: counted.reach.subjects })}{" "}
                {counted.reach.channels
                  .map(({ channel, subjects: some }) => `${t(`channel.${channel}`)} ${count(some)}`)
                  .join(" · ")}
              </p>
            )
          }
        </Answered>
      </Step>
      <Step title={t("publish.when")}>
        <PublishForm
          number={number}
          expectedNumber={lastPublished(revisions)}
          subjects={subjects}
          isFree={tally?.inTheWay === 0}
        />
      </Step>
    </ol>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className={classes.step}>
      <h2>{title}</h2>
      {children}
    </li>
  );
}

interface ViolationsProps {
  revision: Pick<Revision, "number" | "state">;
  violations: readonly FoundByChecksFragment[];
  gaps: number;
}

function Violations({ revision, violations, gaps }: ViolationsProps) {
  const { inTheWay } = tallyOf(violations);
  return (
    <>
      {inTheWay > 0 ? (
        <p className={classes.inTheWay}>{t("publish.inTheWay", { count: inTheWay })}</p>
      ) : (
        <p className={classes.free}>
          <CircleCheck aria-hidden size={16} strokeWidth={1.75} /> {t("publish.free")}
        </p>
      )}
      {violations.length > 0 && (
        <ul className={`rows-on-a-card ${classes.violations}`}>
          {violations.map((finding) => (
            <li key={finding.key}>
              <FindingItem finding={finding} revision={revision} />
            </li>
          ))}
        </ul>
      )}
      {gaps > 0 && (
        <Anchor inherit component={Link} to={`/checks?revision=${revision.number}&kind=GAP`}>
          {t("publish.gaps", { count: gaps })}
        </Anchor>
      )}
    </>
  );
}
