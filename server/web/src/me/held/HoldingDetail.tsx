import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { HoldingDocument, type HoldingQuery, type HoldingQueryVariables } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { ofRevision } from "../../shared/page/Shell";
import { Answered } from "../../shared/states";
import { count, ownDay, t } from "../../shared/texts";
import { type Going, goingOf } from "../answer/going";
import { calledOf, merged } from "../answer/names";
import type { Holding } from "../answer/useMe";
import { useDay } from "../day/useDay";
import { Clauses } from "../parts/Clauses";
import { Facts } from "../parts/Facts";
import { GoingStanding, UseStanding } from "../parts/Standing";
import classes from "./HoldingDetail.module.css";

type Detail = NonNullable<HoldingQuery["me"]>["holdings"]["nodes"][number];

/** All about one row: asked for when it is opened. `name`: what to call it. */
export function HoldingDetail({ holding, name }: { holding: Holding; name: string }) {
  const { asOf } = useDay();
  // A kind of data finds what is part of it too.
  const answer = useWhole<HoldingQuery, Detail, HoldingQueryVariables>(
    HoldingDocument,
    { asOf, service: [holding.serviceKey], category: [holding.categoryKey] },
    ({ me }) => me?.holdings,
  );
  return (
    <Answered answer={answer} small>
      {({ data: { me }, rows }) => {
        const found = rows.find((each) => each.id === holding.id);
        return me && found ? (
          <Parts holding={holding} detail={found} revision={me.revision.number} name={name} />
        ) : (
          <p>{t("state.missing.title")}</p>
        );
      }}
    </Answered>
  );
}

interface PartsProps {
  holding: Holding;
  detail: Detail;
  revision: number;
  name: string;
}

function Parts({ holding: { category }, detail, revision, name }: PartsProps) {
  const about = [category?.description, ...(category?.ancestors ?? []).map((each) => each.description)].find(Boolean);
  return (
    <div className={classes.parts}>
      {about && <p className={classes.about}>{about}</p>}
      <Part title={t("holding.why")}>
        <Why detail={detail} revision={revision} />
      </Part>
      <Part title={t("holding.howLong")}>
        <HowLong detail={detail} revision={revision} />
      </Part>
      <Part title={t("holding.who")}>
        <Who detail={detail} revision={revision} />
      </Part>
      <Part title={t("holding.record")}>
        <Facts
          facts={[
            [t("holding.source"), detail.source ? sourceOf(detail.source) : t("holding.source.none")],
            [t("holding.since"), ownDay(detail.since)],
            [t("holding.lastSeen"), detail.lastSeen && ownDay(detail.lastSeen)],
            [t("holding.ends"), detail.until && ownDay(detail.until)],
            [t("holding.records"), typeof detail.records === "number" && count(detail.records)],
          ]}
        />
        <Clauses revision={revision} clauses={detail.clauses} of={name} />
      </Part>
    </div>
  );
}

const sourceOf = ({ name, kind }: NonNullable<Detail["source"]>): string =>
  kind === "DATA_SUBJECT" ? t("source.DATA_SUBJECT") : `${name} (${t(`source.${kind}`)})`;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h4 className={classes.heading}>{title}</h4>
      <div className={classes.content}>{children}</div>
    </section>
  );
}

function Why({ detail: { purposes }, revision }: { detail: Detail; revision: number }) {
  const search = ofRevision(useLocation().search);
  if (!purposes.length) return <p>{t("holding.why.none")}</p>;
  const bases = [...new Set(purposes.map((each) => each.legalBasis))];
  return bases.map((basis) => (
    <div key={basis}>
      <p className={classes.lead}>{t(`basis.${basis}`)}</p>
      <ul className={classes.rows}>
        {merged(
          purposes.filter((each) => each.legalBasis === basis),
          usedAs,
        ).map(({ purpose, status, clauses }) => (
          <li key={usedAs({ purpose, status })}>
            <div className={classes.line}>
              <Link to={{ pathname: "/choices", search: withOpen(search, purpose.key) }} className={classes.name}>
                {purpose.name}
              </Link>
              <UseStanding status={status} />
            </div>
            <Clauses revision={revision} clauses={clauses} of={purpose.name} />
          </li>
        ))}
      </ul>
    </div>
  ));
}

const usedAs = ({ purpose, status }: Pick<Detail["purposes"][number], "purpose" | "status">): string =>
  `${purpose.key} ${status}`;

const withOpen = (search: string, open: string): string =>
  `?${new URLSearchParams([["open", open], ...new URLSearchParams(search)])}`;

function HowLong({ detail: { retention }, revision }: { detail: Detail; revision: number }) {
  if (!retention.length) return <p>{t("holding.howLong.none")}</p>;
  return (
    <ul className={classes.rows}>
      {retention.map(({ rule, endsAt, exceptions, purposes, clauses }) => (
        <li key={rule.key}>
          <p className={classes.name}>{endsAt ? t("holding.until", { day: ownDay(endsAt) }) : rule.criterion}</p>
          {endsAt && <p className={classes.soft}>{rule.criterion}</p>}
          <p className={classes.soft}>{t("holding.then", { outcome: t(`outcome.${rule.outcome}`) })}</p>
          {exceptions.length > 0 && (
            <p className={classes.soft}>
              {t("holding.longer", { names: exceptions.map((each) => each.name).join("; ") })}
            </p>
          )}
          {retention.length > 1 && (
            <p className={classes.soft}>{t("holding.for", { names: purposes.map((each) => each.name).join("; ") })}</p>
          )}
          <Clauses revision={revision} clauses={clauses} of={rule.name} />
        </li>
      ))}
    </ul>
  );
}

const ORDER: readonly Going[] = ["NOW", "MAYBE", "NOT"];

const goesAs = ({
  recipient,
  status,
  isIdentifiable,
  purpose,
  case: when,
  path,
}: Detail["recipients"][number]): string =>
  [recipient.key, status, isIdentifiable, purpose.key, when.key, ...path.hops.map((hop) => hop.key)].join(" ");

function Who({ detail: { recipients }, revision }: { detail: Detail; revision: number }) {
  const search = ofRevision(useLocation().search);
  if (!recipients.length) return <p>{t("holding.who.none")}</p>;
  const inOrder = merged(recipients, goesAs).toSorted(
    (one, other) => ORDER.indexOf(goingOf([one.status])) - ORDER.indexOf(goingOf([other.status])),
  );
  return (
    <ul className={classes.rows}>
      {inOrder.map((way) => {
        const { recipient, status, isIdentifiable, countries, purpose, case: when, path, clauses } = way;
        const via = path.hops.flatMap((hop) =>
          hop.__typename === "Recipient" && hop.key !== recipient.key ? [calledOf(hop)] : [],
        );
        const places = countries.map((each) => each.name).join(", ") || t("flow.noCountry");
        return (
          <li key={goesAs(way)}>
            <div className={classes.line}>
              <Link to={{ pathname: "/recipients", search: withOpen(search, recipient.key) }} className={classes.name}>
                {calledOf(recipient)}
              </Link>
              <GoingStanding going={goingOf([status])}>{t(`goes.${status}`, { case: when.name })}</GoingStanding>
            </div>
            <p className={classes.soft}>
              {[places, purpose.name, via.length > 0 && t("holding.through", { names: via.join(", ") })]
                .filter(Boolean)
                .join(" · ")}
            </p>
            {!isIdentifiable && <p className={classes.soft}>{t("holding.anonymous")}</p>}
            <Clauses revision={revision} clauses={clauses} of={calledOf(recipient)} />
          </li>
        );
      })}
    </ul>
  );
}
