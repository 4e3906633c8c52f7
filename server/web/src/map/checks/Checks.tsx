import { SegmentedControl } from "@mantine/core";
import { ShieldCheck, Wrench } from "lucide-react";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { FindingsDocument, type FoundByChecksFragment, type RevisionState } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Reading } from "../../shared/page/Reading";
import { Answered, State } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { Badge } from "../network/Glyph";
import { useRevision } from "../revision/useRevision";
import { Cut } from "../words/Cut";
import { Figures } from "../words/Figures";
import classes from "./Checks.module.css";
import { FindingItem } from "./FindingItem";
import { type BrokenRule, rulesOf, tallyOf } from "./rules";

const KINDS = ["ALL", "VIOLATION", "GAP"] as const;
const OF_CHECKS = { kind: parseAsStringLiteral(KINDS).withDefault("ALL") };

/** What the checks report of a revision, by rule, with the way to mend it. */
export default function Checks() {
  const { variables } = useRevision();
  const answer = useWhole(FindingsDocument, variables, ({ dataMap }) => dataMap?.findings);
  return (
    <Reading title={t("map.views.checks")} intro={t("checks.intro")}>
      <Answered answer={answer} what={t("checks.loading")}>
        {({ data: { dataMap }, rows, totalCount }) =>
          dataMap && <Found revision={dataMap.revision} findings={rows} total={totalCount} />
        }
      </Answered>
    </Reading>
  );
}

interface FoundProps {
  revision: { number: number; state: RevisionState };
  findings: readonly FoundByChecksFragment[];
  total: number;
}

function Found({ revision, findings, total }: FoundProps) {
  const [{ kind }, set] = useQueryStates(OF_CHECKS, { history: "push" });
  const rules = useMemo(() => rulesOf(findings), [findings]);
  const { inTheWay, overruled, gaps } = tallyOf(findings);
  if (findings.length === 0) {
    return <State icon={ShieldCheck} title={t("checks.none")} hint={t("checks.none.hint")} />;
  }
  const shown = rules.filter((rule) => kind === "ALL" || rule.kind === kind);
  return (
    <>
      <Figures
        figures={[
          {
            title: t("checks.inTheWay", { count: inTheWay }),
            value: count(inTheWay),
            badge: inTheWay > 0 ? "violation" : undefined,
          },
          { title: t("checks.overruled", { count: overruled }), value: count(overruled) },
          { title: t("checks.gaps", { count: gaps }), value: count(gaps), badge: gaps > 0 ? "gap" : undefined },
        ]}
      />
      <SegmentedControl
        aria-label={t("checks.show")}
        size="xs"
        value={kind}
        onChange={(next) => void set({ kind: KINDS.find((each) => each === next) ?? null })}
        data={KINDS.map((value) => ({ value, label: t(`checks.show.${value}`) }))}
      />
      <Cut count={findings.length} all={total} />
      {shown.length === 0 && <p className={classes.nothing}>{t("checks.nothing")}</p>}
      {shown.map((rule) => (
        <Rule key={rule.kind + rule.rule} rule={rule} revision={revision} />
      ))}
    </>
  );
}

function Rule({
  rule: { rule, kind, says, mending, findings },
  revision,
}: { rule: BrokenRule } & Pick<FoundProps, "revision">) {
  return (
    <section className={classes.rule} aria-labelledby={`${kind}-${rule}`}>
      <header>
        <Badge of={kind === "VIOLATION" ? "violation" : "gap"} size={16} />
        <div>
          <h2 id={`${kind}-${rule}`}>{says}</h2>
          <p className={classes.named}>
            <span data-kind={kind}>{t(`finding.${kind}`)}</span> · <code>{rule}</code> ·{" "}
            {t("checks.count", { count: findings.length })}
          </p>
          <p className={classes.mending}>
            <Wrench className={classes.icon} aria-label={t("checks.mending")} size={14} strokeWidth={1.75} />
            <span>{mending}</span>
          </p>
        </div>
      </header>
      <ul>
        {findings.map((finding) => (
          <li key={finding.key}>
            <FindingItem finding={finding} revision={revision} />
          </li>
        ))}
      </ul>
    </section>
  );
}
