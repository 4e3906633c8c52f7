import { TrustsDocument, type TrustsQuery, type TrustsQueryVariables } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered } from "../../shared/states";
import { ownDay, t } from "../../shared/texts";
import { useDay } from "../day/useDay";
import { Clauses } from "../parts/Clauses";
import { Section, Sheet } from "../parts/Section";
import classes from "./Recipients.module.css";

type Trust = NonNullable<TrustsQuery["me"]>["trusts"]["nodes"][number];

/** Whom the person lets see something, if anybody. */
export function Trusts() {
  const { asOf } = useDay();
  const answer = useWhole<TrustsQuery, Trust, TrustsQueryVariables>(TrustsDocument, { asOf }, ({ me }) => me?.trusts);
  return (
    <Answered answer={answer} small>
      {({ data, rows }) =>
        rows.length > 0 && (
          <Section title={t("recipients.trusts")} hint={t("recipients.trusts.hint")}>
            <Sheet>
              {rows.map((trust) => (
                <TrustRow key={trust.id} trust={trust} revision={data.me?.revision.number ?? 0} />
              ))}
            </Sheet>
          </Section>
        )
      }
    </Answered>
  );
}

function TrustRow({ trust, revision }: { trust: Trust; revision: number }) {
  const { towards, since, until, reportedBy, categoryKeys, categories, clauses } = trust;
  const what = categoryKeys.map((key) => categories.find((each) => each.key === key)?.name ?? key).join(", ");
  const line = [
    t("recipients.trusts.since", { day: ownDay(since) }),
    until && t("recipients.trusts.until", { day: ownDay(until) }),
    reportedBy && t("recipients.trusts.told", { service: reportedBy }),
  ];
  return (
    <li className={classes.trust}>
      <p>{t("recipients.trusts.row", { who: towards, what })}</p>
      <p className={classes.soft}>{line.filter(Boolean).join(" · ")}</p>
      <Clauses revision={revision} clauses={clauses} of={t("recipients.trusts")} />
    </li>
  );
}
