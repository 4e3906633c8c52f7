import { Anchor } from "@mantine/core";
import type { ToldChangeFragment } from "../../gql/graphql";
import { findText, t } from "../../shared/texts";
import { clauseAddress } from "../words/ClauseList";
import { ElementName } from "../words/ElementLink";
import classes from "./ChangeSubject.module.css";
import type { TwoRevisions } from "./Changes";
import { clauseOf, elementOf, markOf } from "./changes";

interface ChangeSubjectProps {
  change: ToldChangeFragment;
  revisions: TwoRevisions;
}

/** Of what a change is, by the name that people have for it: of what is gone, by that of the older revision. */
export function ChangeSubject({ change, revisions: { from, to } }: ChangeSubjectProps) {
  const revision = markOf(change) === "REMOVED" ? from : to;
  const element = elementOf(change);
  const clause = clauseOf(change);
  return (
    <span className={classes.subject}>
      {element && (
        <>
          <ElementName element={element} revision={revision} /> <small>{findText(`kind.${element.kind}`)}</small>
        </>
      )}
      {clause && (
        <Anchor inherit href={clauseAddress(revision, clause.key)}>
          {t("common.clause", { number: clause.number })}
        </Anchor>
      )}
    </span>
  );
}
