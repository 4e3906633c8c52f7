import { SegmentedControl, Switch } from "@mantine/core";
import { FileQuestion } from "lucide-react";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { CoverageDocument, type CoverageQuery, CoveredTextDocument } from "../../gql/graphql";
import { useWhole, type Whole } from "../../shared/client/whole";
import { Reading } from "../../shared/page/Reading";
import { Answered, State } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { useRevision } from "../revision/useRevision";
import { Cut } from "../words/Cut";
import { Figures } from "../words/Figures";
import classes from "./Coverage.module.css";
import { MapSide } from "./MapSide";
import { type CoveredClause, sidesOf } from "./sides";
import { TextSide } from "./TextSide";

const SIDES = ["text", "map"] as const;
const OF_COVERAGE = {
  /** The key of a clause, or an element as `RECIPIENT:mailer`. */
  of: parseAsString,
  needed: parseAsBoolean.withDefault(false),
  side: parseAsStringLiteral(SIDES).withDefault("text"),
};

/** The text of the policy on one side, the map on the other, and what each does not say of the other. */
export default function Coverage() {
  const { variables } = useRevision();
  const text = useWhole(CoveredTextDocument, variables, ({ policy }) => policy?.clauses);
  const coverage = useWhole(CoverageDocument, variables, ({ dataMap }) => dataMap?.coverage?.findings);
  return (
    <Reading wide title={t("map.views.coverage")} intro={t("coverage.intro")}>
      <Answered answer={coverage} what={t("coverage.loading")}>
        {(found) => (
          <Answered answer={text} what={t("coverage.loading")}>
            {({ rows, totalCount }) => (
              <>
                <Cut count={rows.length} all={totalCount} />
                <Cut count={found.rows.length} all={found.totalCount} />
                <Beside clauses={rows} coverage={found} />
              </>
            )}
          </Answered>
        )}
      </Answered>
    </Reading>
  );
}

type Findings = NonNullable<NonNullable<CoverageQuery["dataMap"]>["coverage"]>["findings"]["nodes"];

interface BesideProps {
  clauses: readonly CoveredClause[];
  coverage: Whole<CoverageQuery, Findings[number]>;
}

function Beside({ clauses, coverage: { data, rows: findings } }: BesideProps) {
  const [{ of, needed, side }, set] = useQueryStates(OF_COVERAGE, { history: "push" });
  const coverage = data.dataMap?.coverage;
  const sides = useMemo(() => coverage && sidesOf(clauses, coverage, findings), [clauses, coverage, findings]);
  if (!coverage || !sides) return null;
  const { counts } = coverage;
  if (counts.clauses + counts.elements === 0) {
    return <State icon={FileQuestion} title={t("coverage.empty")} hint={t("coverage.empty.hint")} />;
  }
  const shared = {
    revision: data.dataMap?.revision.number ?? 0,
    selected: of,
    select: (name: string | null) => void set({ of: name }),
    needed,
  };
  return (
    <>
      <Figures
        figures={[
          {
            title: t("coverage.silent", { count: counts.silentClauses }),
            value: count(counts.silentClauses),
            of: t("coverage.of", { all: counts.clauses }),
          },
          {
            title: t("coverage.unstated", { count: counts.unstatedElements }),
            value: count(counts.unstatedElements),
            of: t("coverage.of", { all: counts.elements }),
          },
          {
            title: t("checks.inTheWay", { count: counts.violations }),
            value: count(counts.violations),
            badge: counts.violations > 0 ? "violation" : undefined,
          },
          {
            title: t("checks.gaps", { count: counts.gaps }),
            value: count(counts.gaps),
            badge: counts.gaps > 0 ? "gap" : undefined,
          },
        ]}
      />
      <div className={classes.tools}>
        <Switch
          label={t("coverage.needed")}
          checked={needed}
          onChange={({ currentTarget: { checked } }) => void set({ needed: checked || null })}
        />
        <SegmentedControl
          className={classes.which}
          aria-label={t("coverage.side")}
          size="xs"
          value={side}
          onChange={(next) => void set({ side: SIDES.find((each) => each === next) ?? null })}
          data={SIDES.map((value) => ({ value, label: t(`coverage.side.${value}`) }))}
        />
      </div>
      <div className={classes.sides} data-side={side}>
        <TextSide rows={sides.text} elements={sides.map} {...shared} />
        <MapSide rows={sides.map} {...shared} />
      </div>
    </>
  );
}
