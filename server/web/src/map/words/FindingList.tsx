import { t } from "../../shared/texts";
import { Badge } from "../network/Glyph";
import classes from "./words.module.css";

interface FindingListProps {
  findings: readonly { kind: "VIOLATION" | "GAP"; rule: string; message: string }[];
}

/** Findings with what is wrong and how to mend it. */
export function FindingList({ findings }: FindingListProps) {
  return (
    <ul className={classes.findings}>
      {findings.map(({ kind, rule, message }) => (
        <li key={rule + message}>
          <Badge of={kind === "VIOLATION" ? "violation" : "gap"} size={14} />
          <div>
            <span className={kind === "VIOLATION" ? classes.violation : classes.gap}>
              {t(`finding.${kind}`)} · <code>{rule}</code>
            </span>
            <p>{message}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
