import { UnstyledButton } from "@mantine/core";
import { UnfoldVertical } from "lucide-react";
import { useMemo, useState } from "react";
import { type ReadClauseFragment, TextOfRevisionDocument } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { isWhole, type TwoRevisions, useCompared } from "./Changes";
import classes from "./TextBeside.module.css";
import { runsOf, type TextRow, textRows } from "./text";
import { WordDifference } from "./WordDifference";
import texts from "./WordDifference.module.css";

const useText = (number: number) => useWhole(TextOfRevisionDocument, { number }, ({ policy }) => policy?.clauses);

/** Two texts beside each other, word by word where they differ; what is the same is folded away. */
export function TextBeside({ from, to }: TwoRevisions) {
  const compared = useCompared({ from, to });
  const before = useText(from);
  const after = useText(to);
  const lists = [compared, before, after];
  const rows = useMemo(
    () => before.data && after.data && compared.data && textRows(before.data.rows, after.data.rows, compared.data.rows),
    [before.data, after.data, compared.data],
  );
  return (
    <Answered answer={compared} what={t("time.comparing")}>
      {() => (
        <Answered answer={before} what={t("time.comparing")}>
          {() => (
            <Answered answer={after} what={t("time.comparing")}>
              {() =>
                rows && (
                  <>
                    {lists.map(
                      ({ data }, place) =>
                        // biome-ignore lint/suspicious/noArrayIndexKey: they are three
                        data && <Cut key={place} count={data.rows.length} all={data.totalCount} />,
                    )}
                    <Rows
                      runs={runsOf(rows)}
                      from={from}
                      to={to}
                      // Of what was not read nobody knows that it is the same.
                      folds={lists.every(({ data }) => isWhole(data))}
                    />
                  </>
                )
              }
            </Answered>
          )}
        </Answered>
      )}
    </Answered>
  );
}

interface RowsProps extends TwoRevisions {
  runs: readonly TextRow[][];
  /** Whether what is the same is folded away. */
  folds: boolean;
}

function Rows({ runs, from, to, folds }: RowsProps) {
  return (
    <div className={classes.beside}>
      <div className={classes.heads} aria-hidden>
        <span>{t("revision.number", { number: String(from) })}</span>
        <span>{t("revision.number", { number: String(to) })}</span>
      </div>
      {runs.map((run) =>
        run[0]?.isChanged || !folds ? (
          run.map((row) => <Row key={keyOf(row)} row={row} />)
        ) : (
          <Folded key={run[0] && keyOf(run[0])} rows={run} />
        ),
      )}
    </div>
  );
}

const keyOf = (row: TextRow): string => `${row.old?.key} ${row.new?.key}`;

function Folded({ rows }: { rows: readonly TextRow[] }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return rows.map((row) => <Row key={keyOf(row)} row={row} />);
  return (
    <UnstyledButton className={classes.folded} onClick={() => setOpen(true)}>
      <UnfoldVertical aria-hidden size={14} strokeWidth={1.75} /> {t("time.text.same", { count: rows.length })}
    </UnstyledButton>
  );
}

function Row({ row: { old, new: now, words, isChanged } }: { row: TextRow }) {
  return (
    <div className={classes.pair} data-changed={isChanged || undefined}>
      <Side clause={old} words={words} of="old" isChanged={isChanged} other={now} />
      <Side clause={now} words={words} of="new" isChanged={isChanged} other={old} />
    </div>
  );
}

interface TextSideProps {
  clause: ReadClauseFragment | null;
  other: ReadClauseFragment | null;
  words: TextRow["words"];
  of: "old" | "new";
  isChanged: boolean;
}

function Side({ clause, other, words, of, isChanged }: TextSideProps) {
  if (!clause) return <div className={classes.absent} aria-hidden />;
  const isAlone = isChanged && other === null;
  return (
    <div className={classes.version} data-of={of} data-alone={isAlone || undefined}>
      <span className={classes.number}>{clause.number}</span>
      {words ? (
        <WordDifference words={words} of={of} />
      ) : (
        <div>
          {isAlone && (
            <span className="seen-by-readers-only">{t(of === "old" ? "time.mark.REMOVED" : "time.mark.ADDED")}</span>
          )}
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the service has made it safe */}
          <div className={texts.words} dangerouslySetInnerHTML={{ __html: clause.html }} />
        </div>
      )}
    </div>
  );
}
