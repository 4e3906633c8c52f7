import { Progress } from "@mantine/core";
import { MailCheck } from "lucide-react";
import { useState } from "react";
import { TellingDocument, type TellingQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered, State } from "../../shared/states";
import { count, moment, t } from "../../shared/texts";
import { Figures, Part } from "../words/Figures";
import { channelTallies } from "./deliveries";
import classes from "./Telling.module.css";

const WHILE_IT_MOVES_SECONDS = 2;
const SETTLED_SECONDS = 30;

/** How far the telling of people is, asked again and again. */
export function Telling({ number }: { number: number }) {
  const [isSettled, setSettled] = useState(false);
  const answer = useAnswer(
    TellingDocument,
    { number },
    { everySeconds: isSettled ? SETTLED_SECONDS : WHILE_IT_MOVES_SECONDS },
  );
  const isSettledNow = answer.data?.revision?.notification?.isSettled ?? false;
  if (isSettled !== isSettledNow) setSettled(isSettledNow);
  return (
    <Answered answer={answer} what={t("telling.loading")}>
      {({ revision }) =>
        revision?.notification ? (
          <Told notification={revision.notification} />
        ) : (
          <State icon={MailCheck} title={t("telling.nobody")} hint={t("telling.nobody.hint")} />
        )
      }
    </Answered>
  );
}

type Notification = NonNullable<NonNullable<TellingQuery["revision"]>["notification"]>;

function Told({
  notification: { isWritten, isSettled, fanOuts, counts, failures, pace },
}: {
  notification: Notification;
}) {
  const notices = fanOuts.reduce((sum, each) => sum + each.notices, 0);
  const deliveries = fanOuts.reduce((sum, each) => sum + each.deliveries, 0);
  return (
    <>
      <p className={classes.standing} data-settled={isSettled || undefined}>
        {/* The pace is another one every time it is asked for: it is not to be read out. */}
        <span role="status">
          {t(isSettled ? "telling.settled" : isWritten ? "telling.sending" : "telling.writing")}
        </span>
        {!isSettled && pace && pace.perSecond > 0 && ` ${t("telling.pace", { count: Math.round(pace.perSecond) })}`}
      </p>
      <Figures
        figures={[
          { title: t("telling.notices", { count: notices }), value: count(notices) },
          { title: t("telling.deliveries", { count: deliveries }), value: count(deliveries) },
        ]}
      />
      {counts.length > 0 && (
        <Part title={t("telling.channels")}>
          <ul className={`rows-on-a-card ${classes.channels}`}>
            {channelTallies(counts).map(({ channel, total, over, states }) => (
              <li key={channel}>
                <p>
                  <strong>{t(`channel.${channel}`)}</strong> {t("telling.over", { over, total })}
                </p>
                <Progress value={(100 * over) / total} aria-label={t(`channel.${channel}`)} />
                <p className={classes.note}>
                  {states.map(({ state, count: some }) => `${t(`delivery.${state}`)} ${count(some)}`).join(" · ")}
                </p>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {failures.length > 0 && (
        <Part title={t("telling.failures")} note={t("telling.failures.hint")}>
          <ul className={`rows-on-a-card ${classes.channels}`}>
            {failures.map(({ channel, state, reason, count: some }) => (
              <li key={channel + state + reason}>
                {reason}{" "}
                <span className={classes.note}>
                  {t(`channel.${channel}`)} · {t(`delivery.${state}`)} {count(some)}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t("telling.fanOuts")}>
        <ul className={`rows-on-a-card ${classes.channels}`}>
          {fanOuts.map(({ kind, state, begunAt, finishedAt }) => (
            <li key={kind}>
              {t(`telling.kind.${kind}`)} {t(`telling.state.${state}`)}{" "}
              <span className={classes.note}>
                {t("telling.begun", { when: moment(begunAt) })}
                {finishedAt && ` · ${t("telling.finished", { when: moment(finishedAt) })}`}
              </span>
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}
