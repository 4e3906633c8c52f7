import { SegmentedControl } from "@mantine/core";
import { Waypoints } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import type { ReactNode } from "react";
import { Answered, State } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { calledOf } from "../answer/names";
import { type Receiver, useHeld, useReceivers } from "../answer/useMe";
import { Dated } from "../day/Dated";
import { FlowMap } from "../flow/FlowMap";
import { useFlow } from "../flow/useFlow";
import { Cut, CutList } from "../parts/Cut";
import { Row } from "../parts/Row";
import { Section, Sheet } from "../parts/Section";
import { RecipientDetail } from "./RecipientDetail";
import classes from "./Recipients.module.css";
import { GOINGS, type Received, receivedBy } from "./recipients";
import { Trusts } from "./Trusts";

const SHOWN = ["now", "all"] as const;

/** Who receives something, may receive it, or did. */
export default function Recipients() {
  const held = useHeld();
  const receivers = useReceivers();
  return (
    <Dated title="me.views.recipients" intro={t("recipients.intro")} error={held.error}>
      <Answered answer={held}>
        {({ rows, totalCount }) => (
          <Answered answer={receivers}>
            {(all) => (
              <>
                <Cut shown={rows.length} count={totalCount} />
                <Everybody
                  received={receivedBy(all.rows, rows)}
                  receivers={all.rows}
                  revision={all.data.me?.revision.number ?? 0}
                  map={rows.length > 0 && <FlowOf rows={rows} />}
                />
                <CutList shown={all.rows.length} count={all.totalCount} />
                <Trusts />
              </>
            )}
          </Answered>
        )}
      </Answered>
    </Dated>
  );
}

function FlowOf({ rows }: { rows: Parameters<typeof useFlow>[0] }) {
  const [shown, setShown] = useQueryState("map", parseAsStringLiteral(SHOWN).withDefault("now"));
  const flow = useFlow(rows, shown === "all");
  return (
    <Section
      title={t("overview.map")}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t("recipients.shown")}
          value={shown}
          onChange={(chosen) => void setShown(chosen, { history: "push" })}
          data={SHOWN.map((each) => ({ value: each, label: t(`recipients.shown.${each}`) }))}
        />
      }
    >
      <FlowMap flow={flow} />
    </Section>
  );
}

interface EverybodyProps {
  received: readonly Received[];
  receivers: readonly Receiver[];
  revision: number;
  map: ReactNode;
}

function Everybody({ received, receivers, revision, map }: EverybodyProps) {
  const [open, setOpen] = useQueryState("open", parseAsString.withOptions({ history: "push" }));
  if (!received.length) {
    return <State icon={Waypoints} title={t("recipients.none.title")} hint={t("recipients.none.hint")} />;
  }
  return (
    <>
      {map}
      {GOINGS.map((going) => {
        const ofIt = received.filter((each) => each.going === going);
        return (
          ofIt.length > 0 && (
            <Section
              key={going}
              title={t(`recipients.${going}`)}
              hint={t(`recipients.${going}.hint`)}
              aside={count(ofIt.length)}
            >
              <Sheet>
                {ofIt.map((each) => (
                  <RecipientRow
                    key={each.receiver.key}
                    received={each}
                    receivers={receivers}
                    revision={revision}
                    opened={each.receiver.key === open}
                    onToggle={() => void setOpen(each.receiver.key === open ? null : each.receiver.key)}
                  />
                ))}
              </Sheet>
            </Section>
          )
        );
      })}
    </>
  );
}

interface RecipientRowProps {
  received: Received;
  receivers: readonly Receiver[];
  revision: number;
  opened: boolean;
  onToggle: () => void;
}

function RecipientRow({ received, receivers, revision, opened, onToggle }: RecipientRowProps) {
  const { receiver } = received;
  const { recipient, categories } = receiver;
  const kinds = categories.length;
  const name = recipient ? calledOf(recipient) : receiver.key;
  const line = recipient ? [recipient.function, placesOf(recipient)].filter(Boolean) : [t("me.gone")];
  return (
    <Row
      title={
        <>
          {name}
          {recipient?.name === null && (
            <span className={classes.unnamed} title={t("me.notNamed.hint")}>
              {t("me.notNamed")}
            </span>
          )}
        </>
      }
      line={line.join(" · ")}
      aside={
        <span className={classes.aside}>
          {kinds > 0 && t("recipients.kinds", { count: kinds })}
          {receiver.disclosed.totalCount > 0 && (
            <span className={classes.did}>{t("recipients.did.count", { count: receiver.disclosed.totalCount })}</span>
          )}
        </span>
      }
      opened={opened}
      onToggle={onToggle}
    >
      <RecipientDetail received={received} receivers={receivers} revision={revision} name={name} />
    </Row>
  );
}

const placesOf = ({ countries }: NonNullable<Receiver["recipient"]>): string =>
  countries.length ? countries.map((each) => each.name).join(", ") : t("flow.noCountry");
