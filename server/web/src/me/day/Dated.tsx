import { Button } from "@mantine/core";
import { CalendarX, History } from "lucide-react";
import type { ReactNode } from "react";
import { Failure } from "../../shared/client/failure";
import { Reading } from "../../shared/page/Reading";
import { State } from "../../shared/states";
import { day, type PlainKey, t } from "../../shared/texts";
import classes from "./Day.module.css";
import { useDay } from "./useDay";

interface DatedProps {
  title: PlainKey;
  intro?: ReactNode;
  actions?: ReactNode;
  /** What may have failed: for a day before the first policy there is nothing to show. */
  error?: unknown;
  children: ReactNode;
}

/** The frame of a view that shows one day, and says which where that is not today. */
export function Dated({ title, intro, actions, error, children }: DatedProps) {
  const { on, choose } = useDay();
  const back = (
    <Button variant="default" size="xs" onClick={() => choose(null)}>
      {t("day.back")}
    </Button>
  );
  const isBefore = on !== null && error instanceof Failure && error.kind === "nothing";
  return (
    <Reading title={t(title)} intro={intro} actions={actions}>
      {isBefore ? (
        <State
          icon={CalendarX}
          title={t("day.none.title", { day: day(on.toISOString()) })}
          hint={error.message}
          action={back}
        />
      ) : (
        <>
          {on && (
            <div className={classes.past} role="note">
              <History aria-hidden size={18} strokeWidth={1.75} />
              <p>
                <strong>{t("day.past", { day: day(on.toISOString()) })}</strong> {t("day.past.hint")}
              </p>
              {back}
            </div>
          )}
          {children}
        </>
      )}
    </Reading>
  );
}
