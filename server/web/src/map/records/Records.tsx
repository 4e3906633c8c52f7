import { Button, SegmentedControl } from "@mantine/core";
import { FileSpreadsheet, FileText, Printer } from "lucide-react";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { ProcessingRecordDocument, type ProcessingRecordQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Reading } from "../../shared/page/Reading";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import { useRevision } from "../revision/useRevision";
import { titleOf } from "./columns";
import classes from "./Records.module.css";
import { Lines, RecordTable } from "./RecordTable";

/** As addresses name them. */
const RECORDS_OF = ["controller", "processors"] as const;
type RecordOf = (typeof RECORDS_OF)[number];

const OF_RECORDS = { of: parseAsStringLiteral(RECORDS_OF).withDefault("controller") };
const ASKED = { controller: "CONTROLLER", processors: "PROCESSORS" } as const;

const recordAddress = (number: number, form: "xlsx" | "csv" | "html", of: RecordOf): string =>
  `/records/${number}.${form}?of=${of}`;

/** The record of processing activities by Art. 30, to be looked at and to be taken along. */
export default function Records() {
  const { variables } = useRevision();
  const [{ of }, set] = useQueryStates(OF_RECORDS, { history: "push" });
  const answer = useAnswer(ProcessingRecordDocument, { ...variables, of: ASKED[of] }, { keepPrevious: true });
  return (
    <Reading wide title={t("map.views.records")} intro={t("records.intro")}>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t("records.of")}
          value={of}
          onChange={(next) => void set({ of: RECORDS_OF.find((each) => each === next) ?? null })}
          data={RECORDS_OF.map((value) => ({ value, label: t(`records.of.${value}`) }))}
        />
        {answer.data?.dataMap && <Forms number={answer.data.dataMap.revision.number} of={of} />}
      </div>
      <Answered answer={answer} what={t("records.loading")}>
        {({ dataMap }) =>
          dataMap?.processingRecord && <Shown record={dataMap.processingRecord} number={dataMap.revision.number} />
        }
      </Answered>
    </Reading>
  );
}

interface RecordProps {
  number: number;
  of: RecordOf;
}

function Forms({ number, of }: RecordProps) {
  const shared = { component: "a", size: "xs", variant: "default" } as const;
  return (
    <div className={classes.forms}>
      <Button
        {...shared}
        href={recordAddress(number, "xlsx", of)}
        download
        leftSection={<FileSpreadsheet aria-hidden size={15} strokeWidth={1.75} />}
      >
        {t("records.xlsx")}
      </Button>
      <Button
        {...shared}
        href={recordAddress(number, "csv", of)}
        download
        leftSection={<FileText aria-hidden size={15} strokeWidth={1.75} />}
      >
        {t("records.csv")}
      </Button>
      <Button
        {...shared}
        href={recordAddress(number, "html", of)}
        leftSection={<Printer aria-hidden size={15} strokeWidth={1.75} />}
      >
        {t("records.html")}
      </Button>
    </div>
  );
}

type Recorded = NonNullable<NonNullable<ProcessingRecordQuery["dataMap"]>["processingRecord"]>;

function Shown({ record: { head, activities, measures, missing }, number }: { record: Recorded; number: number }) {
  return (
    <>
      <dl className={classes.head}>
        {head.map(({ column, cell }) => (
          <div key={column.name}>
            <dt>{titleOf(column)}</dt>
            <dd>
              <Lines cell={cell} />
            </dd>
          </div>
        ))}
      </dl>
      {[activities, measures, missing].map(
        (table) => table && <RecordTable key={table.title} table={table} revision={number} />,
      )}
    </>
  );
}
