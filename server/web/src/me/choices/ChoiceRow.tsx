import { Button, Switch, UnstyledButton } from "@mantine/core";
import { ChevronDown, CirclePause } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { announce } from "../../shared/page/announce";
import { takeLostFocus } from "../../shared/page/focus";
import { NotDone } from "../../shared/states";
import { ownDay, t } from "../../shared/texts";
import { calledOf } from "../answer/names";
import { useDay } from "../day/useDay";
import { Clauses } from "../parts/Clauses";
import { GoingStanding, UseStanding } from "../parts/Standing";
import classes from "./Choices.module.css";
import { type Choice, entriesOf, isOn, turned, type Wish } from "./standing";
import { useDecide } from "./useDecide";

interface ChoiceRowProps {
  choice: Choice;
  revision: number;
  opened: boolean;
  onToggle: () => void;
}

/** One use of data: what it is, a switch, and what it comes to for this person. */
export function ChoiceRow({ choice, revision, opened, onToggle }: ChoiceRowProps) {
  const { purpose, say, stand, data } = choice;
  const { on: past } = useDay();
  const decide = useDecide();
  const id = useId();
  const control = useFocusKept(stand.restricts);
  const isPast = past !== null;
  // What is pressed keeps the focus while it is saved, so it is not disabled: it is only not heeded.
  const wish = (wished: Wish) => {
    if (!decide.isPending) decide.mutate({ purpose: purpose.key, wish: wished });
  };
  const shown = decide.isPending ? { ...stand, ...decide.variables.wish } : stand;
  const state = decide.isPending ? t("choices.saving") : stateOf(choice);
  useSaid(choice, decide.submittedAt, decide.isPending);
  return (
    <li className={classes.choice}>
      <div className={classes.head}>
        <div className={classes.text}>
          <h3 className={classes.name} id={`${id}-name`}>
            {purpose.name}
          </h3>
          {purpose.description && <p className={classes.soft}>{purpose.description}</p>}
        </div>
        {say !== "fixed" && (
          <Switch
            className={classes.switch ?? ""}
            size="md"
            labelPosition="left"
            label={state}
            aria-label={t(say === "asked" ? "choices.agree" : "choices.use", { name: purpose.name, state })}
            aria-describedby={`${id}-effect`}
            checked={isOn(say, shown)}
            disabled={isPast}
            aria-disabled={isPast || decide.isPending}
            onChange={({ currentTarget: { checked } }) => wish(turned(say, checked))}
          />
        )}
      </div>
      {stand.restricts && (
        <p className={classes.paused}>
          <CirclePause aria-hidden size={16} strokeWidth={2} />
          {t("choices.paused.now")}
          <Button
            variant="default"
            size="compact-sm"
            ref={control}
            disabled={isPast}
            aria-disabled={isPast || decide.isPending}
            onClick={() => wish({ restricts: false })}
          >
            {t("choices.resume")}
          </Button>
        </p>
      )}
      <p id={`${id}-effect`} className={classes.effect}>
        {data.length > 0 ? `${usedOf(choice)} ${goesOf(choice)}` : t("choices.standing.idle")} {sinceOf(choice)}
      </p>
      <NotDone command={decide} />
      <UnstyledButton
        className={classes.more}
        ref={stand.restricts || opened ? null : control}
        aria-expanded={opened}
        aria-controls={id}
        onClick={onToggle}
      >
        {t("choices.details")}
        <span className="seen-by-readers-only">{t("clauses.of", { what: purpose.name })}</span>
        <ChevronDown aria-hidden size={14} />
      </UnstyledButton>
      <div id={id} hidden={!opened}>
        {opened && (
          <Detail choice={choice} revision={revision}>
            {!stand.restricts && !isPast && (
              <div className={classes.pause}>
                <p className={classes.soft}>{t("choices.pause.hint")}</p>
                <Button
                  variant="default"
                  size="compact-sm"
                  ref={control}
                  aria-disabled={decide.isPending}
                  onClick={() => wish({ restricts: true })}
                >
                  {t("choices.pause")}
                </Button>
              </div>
            )}
          </Detail>
        )}
      </div>
    </li>
  );
}

interface DetailProps {
  choice: Choice;
  revision: number;
  children: ReactNode;
}

function Detail({ choice: { purpose, bases, data, recipients }, revision, children }: DetailProps) {
  return (
    <div className={classes.detail}>
      <div>
        <h4 className={classes.heading}>{t("choices.basis")}</h4>
        {bases.map((basis) => (
          <p key={basis}>{t(`basis.${basis}`)}</p>
        ))}
        <Clauses revision={revision} clauses={purpose.clauses} of={purpose.name} />
      </div>
      {data.length > 0 && (
        <div className={classes.columns}>
          <div>
            <h4 className={classes.heading}>{t("choices.data")}</h4>
            <ul className={classes.rows}>
              {data.map(({ holding, status }) => (
                <li key={`${holding.id} ${status}`}>
                  <span>
                    {holding.category?.name ?? holding.categoryKey}{" "}
                    <small>· {holding.service?.name ?? holding.serviceKey}</small>
                  </span>
                  <UseStanding status={status} />
                </li>
              ))}
            </ul>
          </div>
          <div>
            <h4 className={classes.heading}>{t("choices.recipients")}</h4>
            {recipients.length > 0 ? (
              <ul className={classes.rows}>
                {recipients.map(({ recipient, going, isIdentifiable }) => (
                  <li key={recipient.key}>
                    <span>
                      {calledOf(recipient)}
                      {!isIdentifiable && <small> · {t("holding.anonymous")}</small>}
                    </span>
                    <GoingStanding going={going} />
                  </li>
                ))}
              </ul>
            ) : (
              <p className={classes.soft}>{t("choices.recipients.none")}</p>
            )}
          </div>
        </div>
      )}
      {children}
    </div>
  );
}

function stateOf({ say, stand }: Choice): string {
  const kind = say === "asked" ? "agree" : "use";
  return t(isOn(say, stand) ? `choices.on.${kind}` : stand.objects ? "choices.off.use" : "choices.off.agree");
}

function usedOf(choice: Choice): string {
  const { used, count } = entriesOf(choice);
  if (used === count) return t("choices.standing.used", { count });
  return used ? t("choices.standing.some", { used, count }) : t("choices.standing.unused", { count });
}

function goesOf({ recipients }: Choice): string {
  const now = recipients.filter(({ going }) => going === "NOW").length;
  return now ? t("choices.goes", { count: now }) : t("choices.goes.none");
}

function sinceOf({ say, latest }: Choice): string {
  if (!latest) return say === "asked" ? t("choices.never") : "";
  const said = t(`choices.since.${latest.kind}`, { day: ownDay(latest.decidedAt) });
  return latest.reportedBy ? `${said} ${t("choices.told", { service: latest.reportedBy })}` : said;
}

/** For the control that takes the place of another one as a pause begins and ends: it takes the focus too, where that had
 * it. */
function useFocusKept(isPaused: boolean) {
  const control = useRef<HTMLButtonElement>(null);
  const before = useRef(isPaused);
  useEffect(() => {
    if (before.current !== isPaused) takeLostFocus(control.current);
    before.current = isPaused;
  }, [isPaused]);
  return control;
}

/** Tells readers of screens what a decision has come to, once that is there. */
function useSaid(choice: Choice, decidedAt: number, isPending: boolean) {
  const said = useRef(decidedAt);
  useEffect(() => {
    if (isPending || said.current === decidedAt) return;
    said.current = decidedAt;
    announce(
      t("choices.said", {
        name: choice.purpose.name,
        state: stateOf(choice),
        used: choice.data.length > 0 ? usedOf(choice) : "",
        goes: choice.data.length > 0 ? goesOf(choice) : "",
      }),
    );
  }, [choice, decidedAt, isPending]);
}
