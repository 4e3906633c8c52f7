import { moment, t } from "../../shared/texts";
import { Section, Sheet } from "../parts/Section";
import classes from "./Choices.module.css";
import type { Decision } from "./standing";

/** What the person decided, the newest first. */
export function History({ decisions }: { decisions: readonly Decision[] }) {
  return (
    <Section title={t("choices.history")}>
      {decisions.length > 0 ? (
        <Sheet>
          {decisions.toReversed().map(({ id, kind, purpose, purposeKey, decidedAt, reportedBy }) => (
            <li key={id} className={classes.decision}>
              <span>
                <strong>{t(`choices.did.${kind}`)}</strong>: {purpose?.name ?? purposeKey}
              </span>
              <span className={classes.soft}>
                {moment(decidedAt)}
                {reportedBy && `, ${t("choices.did.told", { service: reportedBy })}`}
              </span>
            </li>
          ))}
        </Sheet>
      ) : (
        <p className={classes.soft}>{t("choices.history.none")}</p>
      )}
    </Section>
  );
}
