import type { ReactNode } from "react";
import type { PersonQuery } from "../../gql/graphql";
import { goingOf } from "../../me/answer/going";
import { count, findText, moment, ownDay, t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { ElementLink } from "../words/ElementLink";
import { Figures, Part } from "../words/Figures";
import { namedOf } from "../words/named";
import classes from "./Person.module.css";

type Subject = NonNullable<PersonQuery["subject"]>;

/** The answer that a person would have, in brief. */
export function PersonAnswer({ subject }: { subject: Subject }) {
  const { holdings, recipients, decisions, notices, neverHeld, accessedBy, unreadNotices } = subject;
  return (
    <article aria-label={t("person.answer", { id: subject.key })}>
      <p className={classes.asOf}>
        {t("person.asOf", { when: moment(subject.asOf), number: String(subject.revision.number) })}
      </p>
      <Figures
        figures={[
          { title: t("person.holdings", { count: holdings.totalCount }), value: count(holdings.totalCount) },
          { title: t("person.recipients", { count: recipients.totalCount }), value: count(recipients.totalCount) },
          { title: t("person.decisions", { count: decisions.totalCount }), value: count(decisions.totalCount) },
          {
            title: t("person.notices", { count: notices?.totalCount ?? 0 }),
            value: count(notices?.totalCount ?? 0),
            ...(unreadNotices ? { of: t("person.unread", { count: unreadNotices }) } : {}),
          },
        ]}
      />
      <Part title={t("person.held")}>
        <Rows
          label={t("person.held")}
          list={holdings}
          columns={[t("kind.DATA_CATEGORY"), t("kind.SERVICE"), t("person.why"), t("person.since"), t("person.until")]}
          cells={(each) => [
            each.category?.name ?? each.categoryKey,
            each.service?.name ?? each.serviceKey,
            [...new Set(each.purposes.map(({ purpose }) => purpose.name))].join(" · "),
            ownDay(each.since),
            each.until === null ? t("person.noEnd") : ownDay(each.until),
          ]}
        />
      </Part>
      <Part title={t("person.receives")}>
        <Rows
          label={t("person.receives")}
          list={recipients}
          columns={[t("kind.RECIPIENT"), t("person.standing"), t("kinds.DATA_CATEGORY"), t("kinds.COUNTRY")]}
          cells={(each) => [
            each.recipient ? <ElementLink key={each.key} element={namedOf(each.recipient)} /> : each.key,
            standingOf(each),
            each.categories.map(({ name }) => name).join(" · "),
            each.recipient?.countries.map(({ name }) => name).join(" · ") ?? "",
          ]}
        />
      </Part>
      <Part title={t("person.decided")}>
        <Rows
          label={t("person.decided")}
          list={decisions}
          columns={[t("kind.PURPOSE"), t("person.decision"), t("person.when")]}
          cells={(each) => [
            each.purpose?.name ?? each.purposeKey,
            findText(`decision.${each.kind}`) ?? each.kind,
            moment(each.decidedAt),
          ]}
        />
      </Part>
      {notices && (
        <Part title={t("person.told")}>
          <Rows
            label={t("person.told")}
            list={notices}
            columns={[t("person.notice"), t("person.when"), t("person.read")]}
            cells={(each) => [
              each.title,
              moment(each.createdAt),
              each.readAt === null ? t("person.notRead") : moment(each.readAt),
            ]}
          />
        </Part>
      )}
      <Part title={t("person.never")}>
        <ul className={classes.never}>
          {neverHeld.map(({ key, name }) => (
            <li key={key}>{name}</li>
          ))}
        </ul>
      </Part>
      <Part title={t("person.looks")}>
        <Rows
          label={t("person.looks")}
          list={accessedBy}
          columns={[t("person.by"), t("person.when")]}
          cells={(each) => [each.by, moment(each.accessedAt)]}
        />
      </Part>
    </article>
  );
}

/** Whether it receives anything now, and how often it did. */
function standingOf({
  isActive,
  mayReceive,
  disclosed: { totalCount },
}: Subject["recipients"]["nodes"][number]): string {
  const going = isActive ? "NOW" : goingOf(mayReceive.nodes.map(({ status }) => status));
  const standing = t(`person.standing.${going}`);
  return totalCount > 0 ? `${standing} · ${t("person.received", { count: totalCount })}` : standing;
}

interface RowsProps<Row> {
  label: string;
  list: { totalCount: number; nodes: readonly Row[] };
  columns: readonly string[];
  cells: (row: Row) => ReactNode[];
}

function Rows<Row extends { id: string } | { key: string }>({ label, list, columns, cells }: RowsProps<Row>) {
  const { totalCount, nodes } = list;
  if (nodes.length === 0) return <p className={classes.none}>{t("person.nothing")}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <section className={classes.scroller} tabIndex={0} aria-label={label}>
        <table className={classes.table}>
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
            {nodes.map((row) => (
              <tr key={"id" in row ? row.id : row.key}>
                {cells(row).map((cell, place) => (
                  <td key={columns[place]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Cut count={nodes.length} all={totalCount} />
    </>
  );
}
