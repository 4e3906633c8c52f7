import { Anchor } from "@mantine/core";
import { t } from "../../shared/texts";
import classes from "./words.module.css";

interface ClauseListProps {
  clauses: readonly { key: string; number: string; html: string }[];
  revision: number;
}

/** Where a clause stands in the text of a revision. */
export const clauseAddress = (revision: number, key: string): string => `/policy/${revision}#clause-${key}`;

/** Clauses with their text, each with a link to its place in the policy. */
export function ClauseList({ clauses, revision }: ClauseListProps) {
  if (clauses.length === 0) return <p className={classes.none}>{t("words.noClause")}</p>;
  return (
    <ul className={classes.clauses}>
      {clauses.map(({ key, number, html }) => (
        <li key={key}>
          <Anchor href={clauseAddress(revision, key)} className={classes.number} title={key}>
            {number}
          </Anchor>
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the service has made it safe */}
          <div className={classes.text} dangerouslySetInnerHTML={{ __html: html }} />
        </li>
      ))}
    </ul>
  );
}
