import { EyeOff } from "lucide-react";
import { LooksDocument, type LooksQuery, type LooksQueryVariables } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered, State } from "../../shared/states";
import { moment, t } from "../../shared/texts";
import { Dated } from "../day/Dated";
import { useDay } from "../day/useDay";
import { CutList } from "../parts/Cut";
import { Section, Sheet } from "../parts/Section";
import classes from "./Looks.module.css";

type Look = NonNullable<LooksQuery["me"]>["accessedBy"]["nodes"][number];

/** Which members of staff read the person's answer, the latest first. */
export default function Looks() {
  const { asOf } = useDay();
  const answer = useWhole<LooksQuery, Look, LooksQueryVariables>(LooksDocument, { asOf }, ({ me }) => me?.accessedBy);
  return (
    <Dated title="me.views.looks" intro={t("looks.intro")} error={answer.error}>
      <Answered answer={answer}>
        {({ data, rows, totalCount }) =>
          totalCount > 0 ? (
            <Section title={t("looks.count", { count: totalCount })}>
              <Sheet>
                {rows.toReversed().map(({ id, by, accessedAt }) => (
                  <li key={id} className={classes.look}>
                    <span>
                      {t("looks.row")} <span className={classes.id}>{t("looks.by", { id: by })}</span>
                    </span>
                    <time dateTime={accessedAt}>{moment(accessedAt)}</time>
                  </li>
                ))}
              </Sheet>
              <CutList shown={rows.length} count={totalCount} />
              {data.dataMap && <p className={classes.ask}>{t("looks.ask", data.dataMap.controller)}</p>}
            </Section>
          ) : (
            <State icon={EyeOff} title={t("looks.none.title")} hint={t("looks.none.hint")} />
          )
        }
      </Answered>
    </Dated>
  );
}
