import { Button, Popover, TextInput, UnstyledButton } from "@mantine/core";
import { CalendarClock, Check, ChevronDown } from "lucide-react";
import { useState } from "react";
import { RevisionsDocument, type RevisionsQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered } from "../../shared/states";
import { day, t } from "../../shared/texts";
import classes from "./RevisionPicker.module.css";
import { type RevisionChoice, useRevision } from "./useRevision";

type Revision = RevisionsQuery["revisions"]["nodes"][number];

const WIDTH = "min(24rem, calc(100vw - 1.5rem))";

/** Which revision, or which day, all views of the map show. */
export function RevisionPicker() {
  const choice = useRevision();
  const [opened, setOpened] = useState(false);
  const answer = useAnswer(RevisionsDocument, {});
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={WIDTH} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          className={classes.target}
          leftSection={<CalendarClock aria-hidden size={15} strokeWidth={1.75} />}
          rightSection={<ChevronDown aria-hidden size={14} />}
          onClick={() => setOpened(!opened)}
        >
          {nameOf(choice)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label={t("revision.choose")}>
        <Answered answer={answer} small>
          {({ revisions }) => <Choices choice={choice} revisions={revisions.nodes} close={() => setOpened(false)} />}
        </Answered>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoicesProps {
  choice: RevisionChoice;
  revisions: readonly Revision[];
  close: () => void;
}

function Choices({ choice, revisions, close }: ChoicesProps) {
  const { variables, on } = choice;
  const [given, setGiven] = useState(on?.toISOString().slice(0, 10) ?? "");
  const pick = (...chosen: Parameters<RevisionChoice["choose"]>) => {
    choice.choose(...chosen);
    close();
  };
  const inForce = variables.number === null && on === null;
  return (
    <>
      <Choice
        chosen={inForce}
        onClick={() => pick(null)}
        title={t("revision.inForce")}
        hint={t("revision.inForce.hint")}
      />
      <form
        className={classes.day}
        onSubmit={(event) => {
          event.preventDefault();
          pick({ on: new Date(given) });
        }}
      >
        <TextInput
          type="date"
          size="xs"
          label={t("revision.on")}
          className={classes.given}
          required
          withAsterisk={false}
          max={new Date().toISOString().slice(0, 10)}
          value={given}
          onChange={({ currentTarget: { value } }) => setGiven(value)}
        />
        <Button type="submit" size="xs" variant="default">
          {t("revision.look")}
        </Button>
      </form>
      <ul className={classes.list}>
        {revisions.map((revision) => (
          <li key={revision.number}>
            <Choice
              chosen={revision.number === variables.number}
              onClick={() => pick({ revision: revision.number })}
              title={t("revision.number", { number: String(revision.number) })}
              state={stateOf(revision)}
              hint={revision.summary}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

interface ChoiceProps {
  chosen: boolean;
  title: string;
  state?: string;
  hint: string;
  onClick: () => void;
}

function Choice({ chosen, title, state, hint, onClick }: ChoiceProps) {
  return (
    <UnstyledButton className={classes.choice} aria-pressed={chosen} onClick={onClick}>
      <span className={classes.title}>
        {title}
        {state && <span className={classes.state}>{state}</span>}
        {chosen && <Check aria-hidden size={14} className={classes.check} />}
      </span>
      <span className={classes.hint}>{hint}</span>
    </UnstyledButton>
  );
}

function nameOf({ variables: { number }, on }: RevisionChoice): string {
  if (number !== null) return t("revision.number", { number: String(number) });
  return on ? t("revision.onDay", { day: day(on.toISOString()) }) : t("revision.inForce");
}

function stateOf({ state, effectiveAt }: Revision): string {
  if (state === "DRAFT") return t("revision.state.DRAFT");
  if (state === "WITHDRAWN") return t("revision.state.WITHDRAWN");
  return effectiveAt ? t("revision.from", { day: day(effectiveAt) }) : t("revision.state.PUBLISHED");
}
