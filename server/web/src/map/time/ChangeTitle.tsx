import type { ToldChangeFragment } from "../../gql/graphql";
import { ElementName } from "../words/ElementLink";
import { namedOf } from "../words/named";
import { ChangeSubject } from "./ChangeSubject";
import type { TwoRevisions } from "./Changes";
import classes from "./ChangeTitle.module.css";
import { fieldName, markOf } from "./changes";
import { MarkSign } from "./MarkSign";

interface ChangeTitleProps {
  change: ToldChangeFragment;
  revisions: TwoRevisions;
}

/** A change in a line: of what it is, what became of that, and in which respect. */
export function ChangeTitle({ change, revisions }: ChangeTitleProps) {
  return (
    <span className={classes.title}>
      <MarkSign mark={markOf(change)} />
      <span>
        <ChangeSubject change={change} revisions={revisions} /> <Respect change={change} revisions={revisions} />
      </span>
    </span>
  );
}

function Respect({ change, revisions: { from, to } }: ChangeTitleProps) {
  switch (change.__typename) {
    case "ElementAltered":
      return <span className={classes.respect}>{fieldName(change.attribute)}</span>;
    case "RelationshipAdded":
    case "RelationshipRemoved": {
      const isAdded = change.__typename === "RelationshipAdded";
      const target = <ElementName element={namedOf(change.target)} revision={isAdded ? to : from} />;
      return (
        <span className={classes.respect}>
          {fieldName(change.relationship)} {isAdded ? <ins>{target}</ins> : <del>{target}</del>}
        </span>
      );
    }
    default:
      return null;
  }
}
