import { Anchor } from "@mantine/core";
import type { ToldChangeFragment } from "../../gql/graphql";
import { findText, moment, t } from "../../shared/texts";
import { clauseAddress } from "../words/ClauseList";
import { ElementName } from "../words/ElementLink";
import { namedOf } from "../words/named";
import type { TwoRevisions } from "./Changes";
import { clauseOf, elementOf, markOf } from "./changes";
import { MarkSign } from "./MarkSign";
import classes from "./Time.module.css";
import { WordDifference } from "./WordDifference";

interface ChangeItemProps {
  change: ToldChangeFragment;
  revisions: TwoRevisions;
}

/** One change: of what, what it was and is, by which rule it is judged, and who judged otherwise. */
export function ChangeItem({ change, revisions: { from, to } }: ChangeItemProps) {
  const mark = markOf(change);
  const element = elementOf(change);
  const clause = clauseOf(change);
  return (
    <li>
      <MarkSign mark={mark} />
      <div>
        <p className={classes.subject}>
          {element && (
            <>
              <ElementName element={element} /> <small>{findText(`kind.${element.kind}`)}</small>
            </>
          )}
          {clause && (
            <Anchor href={clauseAddress(mark === "REMOVED" ? from : to, clause.key)}>
              {t("common.clause", { number: clause.number })}
            </Anchor>
          )}
        </p>
        <What change={change} />
        <p className={classes.rule}>
          <span>{change.ruleSays}</span> <code>{change.rule}</code>
        </p>
        {change.adjustment && (
          <p className={classes.rule}>
            {t("time.adjusted", {
              impact: t(`impact.${change.judgedImpact}`),
              when: moment(change.adjustment.adjustedAt),
            })}{" "}
            {change.adjustment.reason}
          </p>
        )}
      </div>
    </li>
  );
}

function What({ change }: { change: ToldChangeFragment }) {
  switch (change.__typename) {
    case "ElementAltered":
      return (
        <dl className={classes.values}>
          <dt>{attributeName(change.attribute)}</dt>
          <dd>
            {change.before !== null && <del>{change.before}</del>} {change.after !== null && <ins>{change.after}</ins>}
          </dd>
        </dl>
      );
    case "RelationshipAdded":
    case "RelationshipRemoved": {
      const target = <ElementName element={namedOf(change.target)} />;
      return (
        <dl className={classes.values}>
          <dt>{attributeName(change.relationship)}</dt>
          <dd>{change.__typename === "RelationshipAdded" ? <ins>{target}</ins> : <del>{target}</del>}</dd>
        </dl>
      );
    }
    case "ClauseReworded":
      return <WordDifference words={change.words} />;
    case "ClauseMoved":
      return (
        <p className={classes.words}>
          {t("time.moved", { from: change.oldClause.number, to: change.newClause.number })}
        </p>
      );
    case "ClauseAdded":
    case "ClauseRemoved":
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the service has made it safe
      return <div className={classes.words} dangerouslySetInnerHTML={{ __html: change.clause.html }} />;
    default:
      return null;
  }
}

/** `legal_basis`, as the map file has it, in words. */
const attributeName = (attribute: string): string => attribute.replaceAll(/[_-]/g, " ");
