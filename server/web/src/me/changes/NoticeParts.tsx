import { Link } from "react-router";
import { NoticePartsDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered } from "../../shared/states";
import { day, t } from "../../shared/texts";
import { Clauses } from "../parts/Clauses";
import { Facts } from "../parts/Facts";
import classes from "./Changes.module.css";
import { headingOf, type Item, linesOf, type Notice, turnsOf } from "./told";
import { WordByWord } from "./WordByWord";

/** What a notice says: what changes, from what to what, and what can be done. */
export function NoticeParts({ id, isWithdrawn }: { id: string; isWithdrawn: boolean }) {
  const answer = useAnswer(NoticePartsDocument, { id });
  return (
    <Answered answer={answer} small>
      {({ node }) =>
        node?.__typename === "Notice" ? (
          <Told notice={node} isWithdrawn={isWithdrawn} />
        ) : (
          <p>{t("state.missing.title")}</p>
        )
      }
    </Answered>
  );
}

const IMPACTS = ["DIRECT", "INDIRECT", "NONE"] as const;

interface Told {
  notice: Notice;
  /** Whether its revision was taken back since. */
  isWithdrawn: boolean;
}

/** Where what it cites can be read: nowhere, once it was taken back. */
const citedIn = ({ notice, isWithdrawn }: Told): number | null => (isWithdrawn ? null : notice.revisionNumber);

function Told({ notice, isWithdrawn }: Told) {
  const { items, actions, kind } = notice;
  const saysSo = kind === "WITHDRAWAL";
  return (
    <div className={classes.parts}>
      <p>{t(isWithdrawn ? "changes.withdrawn.hint" : "changes.nothingToDo")}</p>
      {IMPACTS.map((impact) => {
        const ofIt = items.filter((each) => each.impact === impact);
        return (
          ofIt.length > 0 && (
            <section key={impact} className={classes.section}>
              <h4>{t(saysSo ? "changes.section.withdrawn" : `changes.section.${impact}`)}</h4>
              {ofIt.map((item) => (
                <ItemTold key={item.key} item={item} notice={notice} isWithdrawn={isWithdrawn} />
              ))}
            </section>
          )
        );
      })}
      <section className={classes.section}>
        <h4>{t("changes.actions")}</h4>
        <ul className={classes.actions}>
          {actions.map((action) => (
            <ActionTold key={action.kind} action={action} notice={notice} isWithdrawn={isWithdrawn} />
          ))}
        </ul>
      </section>
    </div>
  );
}

/** What can be done on this very page. */
const HERE: ReadonlySet<string> = new Set(["OBJECT", "WITHDRAW_CONSENT", "RESTRICT"]);

function ActionTold({ action, ...told }: { action: Notice["actions"][number] } & Told) {
  const { kind, how, conditions, exceptions, purposes, clauses } = action;
  const { email, answersWithin } = told.notice.controller;
  const said = t(`action.${kind}`, { email });
  const isAsk = kind === "ASK";
  return (
    <li>
      <p className={classes.action}>
        {said} {HERE.has(kind) && <Link to="/choices">{t("action.here")}</Link>}
      </p>
      <Facts
        facts={[
          [t("action.purposes"), purposes.map((each) => each.name ?? each.key).join("; ")],
          [t("action.how"), !isAsk && (how || t("action.write", { email }))],
          [t("action.when"), conditions],
          [t("action.except"), exceptions],
          [t("action.answers"), isAsk && answersWithin],
        ]}
      />
      {!isAsk && <Clauses revision={citedIn(told)} clauses={clauses} of={said} />}
    </li>
  );
}

function ItemTold({ item, ...told }: { item: Item } & Told) {
  const { notice, isWithdrawn } = told;
  const saysSo = notice.kind === "WITHDRAWAL";
  const turns = saysSo ? [] : turnsOf(item, isWithdrawn);
  const changed = saysSo ? [] : item.clauses.filter((each) => each.isChanged);
  const same = item.clauses.flatMap((each) => (each.isChanged || !each.after ? [] : [each.after]));
  return (
    <article className={classes.item}>
      <h5>{headingOf(item)}</h5>
      {item.kind.endsWith("_ADDED") && item.description && <p>{item.description}</p>}
      <Facts facts={linesOf(item)} />
      {turns.map(({ label, before, after }) => (
        <div key={`${label} ${before} ${after}`} className={classes.turn}>
          <p className={classes.label}>{label}</p>
          {before === undefined ? (
            <p>{after}</p>
          ) : (
            <Facts
              facts={[
                [t(isWithdrawn ? "changes.stays" : "changes.before"), before],
                [isWithdrawn ? t("changes.announced") : afterOf(notice), after],
              ]}
            />
          )}
        </div>
      ))}
      {changed.map((clause) => (
        <WordByWord key={clause.after?.key ?? clause.before?.key ?? ""} clause={clause} revision={citedIn(told)} />
      ))}
      {same.length > 0 && <Clauses revision={citedIn(told)} clauses={same} of={headingOf(item)} />}
    </article>
  );
}

function afterOf({ effectiveAt, isInForce }: Notice): string {
  if (!effectiveAt) return t("changes.afterThen");
  return t(isInForce ? "changes.afterSince" : "changes.after", { day: day(effectiveAt) });
}
