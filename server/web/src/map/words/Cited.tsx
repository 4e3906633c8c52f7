import { t } from "../../shared/texts";
import { ClauseList } from "./ClauseList";
import classes from "./words.module.css";

interface CitedProps {
  clauses: readonly { key: string; number: string; html: string }[];
  revision: number;
}

/** How many clauses speak of something; their text on demand. */
export function Cited({ clauses, revision }: CitedProps) {
  if (clauses.length === 0) return <span className={classes.none}>{t("words.noClause")}</span>;
  return (
    <details className={classes.cited}>
      <summary>{t("words.clauses", { count: clauses.length })}</summary>
      <ClauseList clauses={clauses} revision={revision} />
    </details>
  );
}
