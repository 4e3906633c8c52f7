import { Anchor } from "@mantine/core";
import type { RecordedFragment, SaidFragment } from "../../gql/graphql";
import { t } from "../../shared/texts";
import { clauseAddress } from "../words/ClauseList";
import { Part } from "../words/Figures";
import { groupsOf } from "./columns";
import classes from "./Records.module.css";

/** A table of the record, each row with its clauses. Of a long one the first page: the files have all of it. */
export function RecordTable({ table, revision }: { table: RecordedFragment; revision: number }) {
  const { title, isCited, columns, rows } = table;
  const groups = groupsOf(columns);
  const shown = rows.nodes.length;
  return (
    <Part
      title={title}
      note={
        shown < rows.totalCount
          ? t("records.cut", { count: shown, all: rows.totalCount })
          : t("records.rows", { count: shown })
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <section className={classes.scroller} tabIndex={0} aria-label={title}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("records.number")}</th>
              {groups.map((group) => (
                <th key={group.title} scope="col">
                  {group.title}
                </th>
              ))}
              {isCited && <th scope="col">{t("records.clauses")}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.nodes.map(({ number, cells, clauses }) => (
              <tr key={number}>
                <th scope="row">{number}</th>
                {groups.map((group) => (
                  <td key={group.title}>
                    {group.places.map((place) => {
                      const [column, cell] = [columns[place], cells[place]];
                      if (!column || !cell) return null;
                      return (
                        <div key={column.name}>
                          {group.places.length > 1 && <p data-kind="label">{column.title}</p>}
                          <Lines cell={cell} />
                        </div>
                      );
                    })}
                  </td>
                ))}
                {isCited && (
                  <td>
                    {clauses.length === 0 && <p>{t("words.noClause")}</p>}
                    <p className={classes.clauses}>
                      {clauses.map((clause) => (
                        <Anchor key={clause.key} href={clauseAddress(revision, clause.key)} title={clause.key}>
                          {clause.number}
                        </Anchor>
                      ))}
                    </p>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Part>
  );
}

/** What the map says, and then what it does not. */
export function Lines({ cell: { said, unstated } }: { cell: SaidFragment }) {
  return (
    <>
      {said.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {unstated.map((line) => (
        <p key={line} data-kind="unstated">
          {t("records.unstated", { what: line })}
        </p>
      ))}
    </>
  );
}
