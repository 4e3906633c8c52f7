import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import type { PersonQuery } from "../../gql/graphql";
import { goingOf } from "../../me/answer/going";
import { firstSentence } from "../../me/answer/names";
import { count, findText, moment, ownDay, t } from "../../shared/texts";
import { clauseAddress } from "../words/ClauseList";
import { Cut } from "../words/Cut";
import { ElementLink } from "../words/ElementLink";
import { Figures, Part } from "../words/Figures";
import { namedOf } from "../words/named";
import classes from "./Person.module.css";

type Subject = NonNullable<PersonQuery["subject"]>;
type Holding = Subject["holdings"]["nodes"][number];
type Received = Subject["recipients"]["nodes"][number]["disclosed"]["nodes"][number];

/** The answer that a person would have, row by row. */
export function PersonAnswer({ subject }: { subject: Subject }) {
  const { holdings, recipients, trusts, decisions, notices, neverHeld, accessedBy, unreadNotices } = subject;
  const disclosed = disclosedTo(recipients.nodes);
  const cited = (clauses: Cited) => <Numbers clauses={clauses} revision={subject.revision.number} />;
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
          columns={[
            t("kind.DATA_CATEGORY"),
            t("kind.SERVICE"),
            t("person.why"),
            t("person.since"),
            t("person.howLong"),
            t("person.clauses"),
          ]}
          cells={(each) => [
            each.category?.name ?? each.categoryKey,
            each.service?.name ?? each.serviceKey,
            usesOf(each),
            ownDay(each.since),
            howLongOf(each),
            cited(each.clauses),
          ]}
        />
      </Part>
      <Part title={t("person.receives")}>
        <Rows
          label={t("person.receives")}
          list={recipients}
          columns={[
            t("kind.RECIPIENT"),
            t("person.standing"),
            t("kinds.DATA_CATEGORY"),
            t("person.why"),
            t("kinds.COUNTRY"),
            t("person.clauses"),
          ]}
          cells={(each) => [
            each.recipient ? <ElementLink key={each.key} element={namedOf(each.recipient)} /> : each.key,
            standingOf(each),
            namesOf(each.categories),
            namesOf(each.purposes),
            namesOf(each.recipient?.countries ?? []) || t("flow.noCountry"),
            cited(each.clauses),
          ]}
        />
      </Part>
      {disclosed.totalCount > 0 && (
        <Part title={t("person.received.title")}>
          <Rows
            label={t("person.received.title")}
            list={disclosed}
            columns={[t("kind.RECIPIENT"), t("person.when"), t("kinds.DATA_CATEGORY"), t("kind.SERVICE")]}
            cells={({ to, ...each }) => [
              to,
              moment(each.disclosedAt),
              categoriesOf(each),
              each.service?.name ?? each.serviceKey,
            ]}
          />
        </Part>
      )}
      {trusts.totalCount > 0 && (
        <Part title={t("person.trusts")}>
          <Rows
            label={t("person.trusts")}
            list={trusts}
            columns={[t("person.trusted"), t("kinds.DATA_CATEGORY"), t("person.since"), t("person.until")]}
            cells={(each) => [
              each.towards,
              categoriesOf(each),
              ownDay(each.since),
              each.until === null ? t("person.trusts.noEnd") : ownDay(each.until),
            ]}
          />
        </Part>
      )}
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

const namesOf = (elements: readonly { name: string }[]): string => elements.map(({ name }) => name).join(" · ");

/** By name, and those that this revision does not have by key. */
const categoriesOf = ({ categoryKeys, categories }: Subject["trusts"]["nodes"][number] | Received): string =>
  categoryKeys.map((key) => categories.find((each) => each.key === key)?.name ?? key).join(" · ");

/** What it is used for; last and said so, what it would be used for, had the person not decided otherwise. */
function usesOf({ purposes }: Holding): string {
  const [used, not] = [true, false].map((is) => [
    ...new Set(purposes.filter(({ status }) => (status === "ACTIVE") === is).map(({ purpose }) => purpose.name)),
  ]);
  return [...(used ?? []), ...(not ?? []).map((name) => t("person.notUsed", { name }))].join(" · ");
}

/** When it will be gone by what the service said, or else by the rules of the policy. */
function howLongOf({ until, retention }: Holding): string {
  if (until !== null) return ownDay(until);
  const rules = retention.map(({ endsAt, rule }) => (endsAt === null ? firstSentence(rule.criterion) : ownDay(endsAt)));
  return [...new Set(rules)].join(" · ") || t("person.noEnd");
}

type Cited = readonly { key: string; number: string }[];

/** How many clauses state a row; which ones on demand. */
function Numbers({ clauses, revision }: { clauses: Cited; revision: number }) {
  if (clauses.length === 0) return t("words.noClause");
  return (
    <details className={classes.cited}>
      <summary>{t("words.clauses", { count: clauses.length })}</summary>
      <span className={classes.numbers}>
        {clauses.map(({ key, number }) => (
          <Anchor key={key} href={clauseAddress(revision, key)} title={key}>
            {number}
          </Anchor>
        ))}
      </span>
    </details>
  );
}

/** Whether it receives anything now, and how often it did. */
/** What was disclosed to all of them, the newest first. */
function disclosedTo(recipients: Subject["recipients"]["nodes"]) {
  const nodes = recipients.flatMap(({ key, recipient, disclosed }) =>
    disclosed.nodes.map((each) => ({ ...each, to: recipient ? namedOf(recipient).name : key })),
  );
  nodes.sort((one, other) => other.disclosedAt.localeCompare(one.disclosedAt));
  return { totalCount: recipients.reduce((sum, { disclosed }) => sum + disclosed.totalCount, 0), nodes };
}

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
