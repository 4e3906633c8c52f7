import { moment, t } from "../../shared/texts";
import { goingOf } from "../answer/going";
import { calledOf, uniqueBy } from "../answer/names";
import type { Receiver } from "../answer/useMe";
import { Clauses } from "../parts/Clauses";
import { Facts } from "../parts/Facts";
import { Names } from "../parts/Names";
import { GoingStanding } from "../parts/Standing";
import classes from "./Recipients.module.css";
import { casesOf, entriesOf, passing, type Received } from "./recipients";

interface RecipientDetailProps {
  received: Received;
  receivers: readonly Receiver[];
  revision: number;
  name: string;
}

/** Who it is, what it may have and what it had. */
export function RecipientDetail({ received, receivers, revision, name }: RecipientDetailProps) {
  const { receiver, ways } = received;
  const { recipient, categories, services, purposes, disclosed, clauses } = receiver;
  const through = passing(receiver, receivers).flatMap((each) => (each.recipient ? [calledOf(each.recipient)] : []));
  return (
    <div className={classes.detail}>
      <Facts
        facts={[
          [t("recipients.who"), recipient && whoOf(recipient)],
          [t("recipients.does"), recipient?.function],
          [t("recipients.where"), recipient && <Where countries={recipient.countries} />],
          [t("recipients.what"), categories.length > 0 && <Names names={categories.map((each) => each.name)} />],
          [t("recipients.from"), services.length > 0 && <Names names={services.map((each) => each.name)} />],
          [t("recipients.for"), purposes.length > 0 && <Names names={purposes.map((each) => each.name)} />],
          [t("recipients.when"), casesOf(received).join("; ")],
          [t("recipients.through"), through.join(", ")],
          [t("recipients.passes"), recipient?.engages.map(calledOf).join(", ")],
          [t("recipients.protected"), recipient?.safeguards.map((each) => each.name).join("; ")],
          [t("recipients.did"), <Did key="did" disclosed={disclosed} />],
        ]}
      />
      {ways.length > 0 && <Ways received={received} />}
      <Clauses revision={revision} clauses={clauses} of={name} />
    </div>
  );
}

const whoOf = ({ kind, description, name }: NonNullable<Receiver["recipient"]>): string =>
  [`${t(`recipientKind.${kind}`)}.`, description, name === null && t("me.notNamed.hint")].filter(Boolean).join(" ");

function Where({ countries }: { countries: NonNullable<Receiver["recipient"]>["countries"] }) {
  if (!countries.length) return t("recipients.where.none");
  return countries.map(({ key, name, adequacy }) => (
    <span key={key}>
      {name}: {t(`adequacy.${adequacy}`)}.{" "}
    </span>
  ));
}

function Did({ disclosed }: { disclosed: Receiver["disclosed"] }) {
  if (!disclosed.totalCount) return t("recipients.did.none");
  return (
    <>
      <ul className={classes.records}>
        {disclosed.nodes.map((record) => (
          <li key={record.id}>
            {moment(record.disclosedAt)}
            <br />
            {t("recipients.did.row", {
              categories: namesOf(record).join(", "),
              service: record.service?.name ?? record.serviceKey,
            })}
            {(record.purpose ?? record.case) && (
              <>
                <br />
                <span>{[record.purpose?.name, record.case?.name].filter(Boolean).join(" · ")}</span>
              </>
            )}
          </li>
        ))}
      </ul>
      {disclosed.nodes.length < disclosed.totalCount &&
        t("me.list.cut", { shown: disclosed.nodes.length, count: disclosed.totalCount })}
    </>
  );
}

/** What went, also of what this policy has no name for. */
const namesOf = ({ categories, categoryKeys }: Receiver["disclosed"]["nodes"][number]): string[] =>
  categoryKeys.map((key) => categories.find((each) => each.key === key)?.name ?? key);

function Ways({ received }: { received: Received }) {
  const entries = entriesOf(received);
  const count = uniqueBy(entries, ({ holding }) => holding.id).length;
  return (
    <details>
      <summary className={classes.summary}>{t("recipients.what.details", { count })}</summary>
      <ul className={classes.ways}>
        {entries.map(({ holding, way }) => (
          <li key={`${holding.id} ${way.status} ${way.case.key}`}>
            <span>
              {holding.category?.name ?? holding.categoryKey}{" "}
              <small>· {holding.service?.name ?? holding.serviceKey}</small>
            </span>
            <GoingStanding going={goingOf([way.status])}>
              {t(`goes.${way.status}`, { case: way.case.name })}
            </GoingStanding>
          </li>
        ))}
      </ul>
    </details>
  );
}
