import { Button } from "@mantine/core";
import { Link, useLocation } from "react-router";
import { type ExclusionKind, RightsDocument, type RightsQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { ofRevision } from "../../shared/page/Shell";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import { Dated } from "../day/Dated";
import { useDay } from "../day/useDay";
import { Clauses } from "../parts/Clauses";
import { Facts } from "../parts/Facts";
import { Section, Sheet } from "../parts/Section";
import { hereOf } from "./here";
import classes from "./Rights.module.css";

type Me = NonNullable<RightsQuery["me"]>;
type Controller = NonNullable<RightsQuery["dataMap"]>["controller"];

const PROMISES: readonly ExclusionKind[] = ["CATEGORY", "AGE", "SCOPE"];

/** What the person may ask for, and what is promised never to be done. */
export default function Rights() {
  const { asOf } = useDay();
  const answer = useAnswer(RightsDocument, { asOf });
  return (
    <Dated title="rights.heading" intro={t("rights.intro")} error={answer.error}>
      <Answered answer={answer}>
        {({ me, dataMap }) =>
          me && (
            <>
              <AskFor me={me} controller={dataMap?.controller} />
              <Promises me={me} />
            </>
          )
        }
      </Answered>
    </Dated>
  );
}

function AskFor({ me: { rights, revision }, controller }: { me: Me; controller: Controller | undefined }) {
  const search = ofRevision(useLocation().search);
  return (
    <Section
      title={t("rights.title")}
      hint={controller?.answersWithin && t("rights.answers", { words: controller.answersWithin })}
    >
      {rights.length > 0 ? (
        <Sheet>
          {rights.map((right) => {
            const here = hereOf(right.article);
            return (
              <li key={right.key} className={classes.right}>
                <div className={classes.head}>
                  <h3 className={classes.name}>{right.name}</h3>
                  {right.article && (
                    <span className={classes.article}>{t("rights.article", { article: right.article })}</span>
                  )}
                </div>
                <p>{right.description}</p>
                <Facts
                  facts={[
                    [t("rights.when"), right.conditions],
                    [t("rights.except"), right.exceptions],
                    [t("rights.how"), right.how || (controller && t("rights.write", { email: controller.email }))],
                  ]}
                />
                <div className={classes.foot}>
                  {here && (
                    <Button component={Link} to={{ pathname: here.to, search }} variant="default" size="compact-sm">
                      {t(here.text)}
                      <span className="seen-by-readers-only">{t("clauses.of", { what: right.name })}</span>
                    </Button>
                  )}
                  <Clauses revision={revision.number} clauses={right.clauses} of={right.name} />
                </div>
              </li>
            );
          })}
        </Sheet>
      ) : (
        <p>{t("rights.none")}</p>
      )}
    </Section>
  );
}

function Promises({ me: { neverHeld, revision } }: { me: Me }) {
  return (
    <Section title={t("never.title")} id="never">
      {PROMISES.map((kind) => {
        const ofIt = neverHeld.filter((each) => each.kind === kind);
        return (
          ofIt.length > 0 && (
            <div key={kind} className={classes.promises}>
              <h3 className={classes.kind}>{t(`never.${kind}`)}</h3>
              <Sheet>
                {ofIt.map(({ key, name, description, clauses }) => (
                  <li key={key} className={classes.promise}>
                    <strong>{name}</strong>
                    {description && <p>{description}</p>}
                    <Clauses revision={revision.number} clauses={clauses} of={name} />
                  </li>
                ))}
              </Sheet>
            </div>
          )
        );
      })}
      {!neverHeld.length && <p>{t("never.none")}</p>}
    </Section>
  );
}
