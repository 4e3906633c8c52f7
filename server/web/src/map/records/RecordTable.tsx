import { Anchor } from "@mantine/core";
import { t } from "../../shared/texts";
import { clauseAddress } from "../words/ClauseList";
import { Part } from "../words/Figures";
import classes from "./Records.module.css";
import type { Cell, Table } from "./record";

/** More make a page slow that nobody reads to the end: the files have all of them. */
const ROWS_AT_MOST = 200;

/** A table of the record, each row with its clauses. */
export function RecordTable({ table: { title, columns, rows }, revision }: { table: Table; revision: number }) {
  const shown = rows.slice(0, ROWS_AT_MOST);
  return (
    <Part
      title={title}
      note={
        shown.length < rows.length
          ? t("records.cut", { count: shown.length, all: rows.length })
          : t("records.rows", { count: rows.length })
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <section className={classes.scroller} tabIndex={0} aria-label={title}>
        <table className={classes.table} data-columns={columns.length}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((cells, row) => {
              // A row has nothing but its number.
              const key = row + 1;
              return (
                <tr key={key}>
                  {cells.map((cell, place) =>
                    place === 0 ? (
                      <th key={columns[place]} scope="row">
                        <Lines cell={cell} revision={revision} />
                      </th>
                    ) : (
                      <td key={columns[place]}>
                        <Lines cell={cell} revision={revision} />
                      </td>
                    ),
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </Part>
  );
}

function Lines({ cell: { lines, clauses }, revision }: { cell: Cell; revision: number }) {
  return (
    <>
      {lines.map(({ kind, text }) => (
        <p key={kind + text} data-kind={kind}>
          {text}
        </p>
      ))}
      {clauses.length > 0 && (
        <p className={classes.clauses}>
          {clauses.map(({ key, number }) => (
            <Anchor key={key} href={clauseAddress(revision, key)} title={key}>
              {number}
            </Anchor>
          ))}
        </p>
      )}
    </>
  );
}
