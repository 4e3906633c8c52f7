import { t } from "../../shared/texts";
import { Badge } from "../network/Glyph";
import { SeenList } from "./SeenList";
import classes from "./words.module.css";

interface FindingListProps {
  findings: readonly { kind: "VIOLATION" | "GAP"; rule: string; message: string }[];
}

/** Findings with what is wrong. How to mend it is told beside the rules, in the checks. */
export function FindingList({ findings }: FindingListProps) {
  return (
    <SeenList
      rows={findings}
      keyOf={({ rule, message }) => rule + message}
      label={t("words.findings")}
      className={classes.findings}
      height={56}
    >
      {({ kind, rule, message }) => (
        <>
          <Badge of={kind === "VIOLATION" ? "violation" : "gap"} size={14} />
          <div>
            <span className={kind === "VIOLATION" ? classes.violation : classes.gap}>
              {t(`finding.${kind}`)} · <code>{rule}</code>
            </span>
            <p>{message}</p>
          </div>
        </>
      )}
    </SeenList>
  );
}
