import type { FoundByChecksFragment } from "../../gql/graphql";
import { t } from "../../shared/texts";
import { Badge } from "../network/Glyph";
import { peopleText } from "../words/people";
import classes from "./Coverage.module.css";

/** What the checks found of a clause or an element, how to mend it, and how many people it concerns. */
export function Found({ findings }: { findings: readonly FoundByChecksFragment[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className={classes.found}>
      {findings.map(({ key, kind, message, mending, people, overrule }) => (
        <li key={key}>
          <Badge of={kind === "VIOLATION" ? "violation" : "gap"} size={13} />
          <span>
            <span className={kind === "VIOLATION" ? classes.violation : classes.gap}>
              {overrule ? t("checks.overruled.one") : t(`finding.${kind}`)}
            </span>{" "}
            {message}
            <span className={classes.mending}>
              {t("coverage.mending", { mending })}
              {people && ` · ${t("checks.concerns", { people: peopleText(people) })}`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
