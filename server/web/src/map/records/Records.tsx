import { Button, SegmentedControl } from "@mantine/core";
import { FileSpreadsheet, FileText, Printer } from "lucide-react";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { RecordedRevisionDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Reading } from "../../shared/page/Reading";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import { useRevision } from "../revision/useRevision";
import classes from "./Records.module.css";
import { RecordTable } from "./RecordTable";
import { RECORDS_OF, type RecordOf, recordAddress, useRecord } from "./useRecord";

const OF_RECORDS = { of: parseAsStringLiteral(RECORDS_OF).withDefault("controller") };

/** The record of processing activities by Art. 30, to be looked at and to be taken along. */
export default function Records() {
  const { variables } = useRevision();
  const answer = useAnswer(RecordedRevisionDocument, variables);
  const [{ of }, set] = useQueryStates(OF_RECORDS, { history: "push" });
  return (
    <Reading wide title={t("map.views.records")} intro={t("records.intro")}>
      <Answered answer={answer} what={t("records.loading")}>
        {({ dataMap }) =>
          dataMap && (
            <>
              <div className={classes.tools}>
                <SegmentedControl
                  aria-label={t("records.of")}
                  value={of}
                  onChange={(next) => void set({ of: RECORDS_OF.find((each) => each === next) ?? null })}
                  data={RECORDS_OF.map((value) => ({ value, label: t(`records.of.${value}`) }))}
                />
                <Forms number={dataMap.revision.number} of={of} />
              </div>
              <Shown number={dataMap.revision.number} of={of} />
            </>
          )
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

function Shown({ number, of }: RecordProps) {
  const answer = useRecord(number, of);
  return (
    <Answered answer={answer} what={t("records.writing")}>
      {({ head, tables }) => (
        <>
          <dl className={classes.head}>
            {head.map(({ title, cell }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>
                  {cell.lines.map(({ kind, text }) => (
                    <p key={text} data-kind={kind}>
                      {text}
                    </p>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          {tables.map((table) => (
            <RecordTable key={table.title} table={table} revision={number} />
          ))}
        </>
      )}
    </Answered>
  );
}
