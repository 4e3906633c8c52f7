import { Button, Popover, TextInput, UnstyledButton } from "@mantine/core";
import { CalendarClock, Check, ChevronDown } from "lucide-react";
import { useState } from "react";
import type { RevisionsQuery } from "../../gql/graphql";
import { useOpen } from "../../shared/page/useOpen";
import { Answered } from "../../shared/states";
import { day, t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { foundBy } from "./find";
import classes from "./RevisionPicker.module.css";
import { type RevisionChoice, useRevision } from "./useRevision";
import { useRevisions } from "./useRevisions";

type Revision = RevisionsQuery["revisions"]["nodes"][number];

const SHOWN_AT_ONCE = 50;
/** From more than so many on, one looks for a revision. */
const FOUND_FROM = 10;
const WIDTH = "min(24rem, calc(100vw - 1rem))";

/** Which revision, or which day, all views of the map show. */
export function RevisionPicker() {
  const choice = useRevision();
  const { opened, onChange: setOpened } = useOpen();
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={WIDTH} shadow="md" trapFocus returnFocus>
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
      <Popover.Dropdown className={classes.dropdown}>
        <Choices choice={choice} close={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoicesProps {
  choice: RevisionChoice;
  close: () => void;
}

function Choices({ choice, close }: ChoicesProps) {
  const answer = useRevisions();
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
      <Answered answer={answer} small>
        {({ rows, totalCount }) => (
          <Numbered
            revisions={rows}
            total={totalCount}
            chosen={variables.number}
            pick={(number) => pick({ revision: number })}
          />
        )}
      </Answered>
    </>
  );
}

interface NumberedProps {
  /** The newest first. */
  revisions: readonly Revision[];
  total: number;
  chosen: number | null;
  pick: (number: number) => void;
}

/** All revisions, some at once; with many of them, what finds one. */
function Numbered({ revisions, total, chosen, pick }: NumberedProps) {
  const [text, setText] = useState("");
  const [length, setLength] = useState(SHOWN_AT_ONCE);
  const found = foundBy(revisions, text);
  const rest = found.length - length;
  return (
    <>
      {revisions.length > FOUND_FROM && (
        <TextInput
          size="xs"
          className={classes.find}
          label={t("revision.find")}
          value={text}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
      )}
      <ul className={classes.list}>
        {found.slice(0, length).map((revision) => (
          <li key={revision.number}>
            <Choice
              chosen={revision.number === chosen}
              onClick={() => pick(revision.number)}
              title={t("revision.number", { number: String(revision.number) })}
              state={stateOf(revision)}
              hint={revision.summary}
            />
          </li>
        ))}
        {found.length === 0 && <li className={classes.hint}>{t("revision.find.none")}</li>}
        {rest > 0 && (
          <li>
            <UnstyledButton className={classes.more} onClick={() => setLength(length + SHOWN_AT_ONCE)}>
              {t("revision.more", { count: rest })}
            </UnstyledButton>
          </li>
        )}
      </ul>
      <Cut count={revisions.length} all={total} />
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
