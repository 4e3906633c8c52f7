import { Anchor } from "@mantine/core";
import { UsersRound } from "lucide-react";
import type { FoundByChecksFragment, RevisionState } from "../../gql/graphql";
import { findText, t } from "../../shared/texts";
import { Cited } from "../words/Cited";
import { clauseAddress } from "../words/ClauseList";
import { ElementLink } from "../words/ElementLink";
import { namedOf } from "../words/named";
import { peopleText } from "../words/people";
import classes from "./Checks.module.css";
import { Overrule } from "./Overrule";

interface FindingItemProps {
  finding: FoundByChecksFragment;
  revision: { number: number; state: RevisionState };
}

/** One finding: what it is about, what is wrong, whom it concerns, and which clauses speak of it. */
export function FindingItem({ finding, revision }: FindingItemProps) {
  const { kind, message, clauses, people, overrule } = finding;
  return (
    <div className={classes.finding}>
      <p className={classes.about}>
        <About finding={finding} revision={revision.number} /> <span>{message}</span>
      </p>
      <div className={classes.facts}>
        {people && (
          <span className={classes.people}>
            <UsersRound aria-hidden size={14} strokeWidth={1.75} />{" "}
            {t("checks.concerns", { people: peopleText(people) })}
          </span>
        )}
        <Cited clauses={clauses} revision={revision.number} />
      </div>
      {kind === "VIOLATION" && (overrule !== null || revision.state === "DRAFT") && (
        <Overrule draft={revision.state === "DRAFT" ? revision.number : null} finding={finding} />
      )}
    </div>
  );
}

function About({ finding: { element, clause }, revision }: { finding: FoundByChecksFragment; revision: number }) {
  if (element) {
    const named = namedOf(element);
    return (
      <span className={classes.subject}>
        <ElementLink element={named} /> <small>{findText(`kind.${named.kind}`)}</small>
      </span>
    );
  }
  return (
    clause && (
      <Anchor href={clauseAddress(revision, clause.key)} className={classes.subject}>
        {t("common.clause", { number: clause.number })}
      </Anchor>
    )
  );
}
