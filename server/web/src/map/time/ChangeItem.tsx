import { useEffect, useRef } from "react";
import type { ToldChangeFragment } from "../../gql/graphql";
import { takeLostFocus } from "../../shared/page/focus";
import { moment, t } from "../../shared/texts";
import { ElementName } from "../words/ElementLink";
import { namedOf } from "../words/named";
import classes from "./ChangeItem.module.css";
import { ChangeSubject } from "./ChangeSubject";
import type { TwoRevisions } from "./Changes";
import { fieldName, markOf, valueText } from "./changes";
import { Judge, type Judging } from "./Judge";
import { MarkSign } from "./MarkSign";
import { WordDifference } from "./WordDifference";
import texts from "./WordDifference.module.css";

interface ChangeItemProps {
  change: ToldChangeFragment;
  revisions: TwoRevisions;
  /** Where it can be judged otherwise. */
  judging?: Judging | null;
}

/** One change: of what, what it was and is, by which rule it is judged, and who judged otherwise. */
export function ChangeItem({ change, revisions, judging = null }: ChangeItemProps) {
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (judging?.judgedRef.current === change.key) takeLostFocus(place.current);
  }, [judging, change.key]);
  return (
    <li ref={place} tabIndex={-1}>
      <MarkSign mark={markOf(change)} />
      <div>
        <p className={classes.subject}>
          <ChangeSubject change={change} revisions={revisions} />
        </p>
        <What change={change} revisions={revisions} />
        <p className={classes.rule}>
          <span>{change.ruleSays}</span> <code>{change.rule}</code>
        </p>
        {change.adjustment && (
          <p className={classes.adjusted}>
            <strong>{t("time.adjusted", { impact: t(`impact.${change.judgedImpact}`) })}</strong>{" "}
            {change.adjustment.reason}
            <span className={classes.by}>
              {t("overrule.by", {
                who: change.adjustment.by ?? t("overrule.commandLine"),
                when: moment(change.adjustment.adjustedAt),
              })}
            </span>
          </p>
        )}
        {judging && <Judge judging={judging} change={change} />}
      </div>
    </li>
  );
}

function What({ change, revisions: { from, to } }: ChangeItemProps) {
  switch (change.__typename) {
    case "ElementAltered": {
      const { attribute, before, after } = change;
      return (
        <dl className={classes.values}>
          <dt>{fieldName(attribute)}</dt>
          <dd>
            {before !== null && <del>{valueText(attribute, before)}</del>}{" "}
            {after !== null && <ins>{valueText(attribute, after)}</ins>}
          </dd>
        </dl>
      );
    }
    case "RelationshipAdded":
    case "RelationshipRemoved": {
      const isAdded = change.__typename === "RelationshipAdded";
      const target = <ElementName element={namedOf(change.target)} revision={isAdded ? to : from} />;
      return (
        <dl className={classes.values}>
          <dt>{fieldName(change.relationship)}</dt>
          <dd>{isAdded ? <ins>{target}</ins> : <del>{target}</del>}</dd>
        </dl>
      );
    }
    case "ClauseReworded":
      return <WordDifference words={change.words} />;
    case "ClauseMoved":
      return (
        <p className={texts.words}>{t("time.moved", { from: change.oldClause.number, to: change.newClause.number })}</p>
      );
    case "ClauseAdded":
    case "ClauseRemoved":
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the service has made it safe
      return <div className={texts.words} dangerouslySetInnerHTML={{ __html: change.clause.html }} />;
    default:
      return null;
  }
}
