import { Button, Popover, TextInput } from "@mantine/core";
import { CalendarClock, ChevronDown } from "lucide-react";
import { useOpen } from "../../shared/page/useOpen";
import { shortDay, t } from "../../shared/texts";
import classes from "./Day.module.css";
import { useDay } from "./useDay";

const isoDay = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Which day all views show. */
export function DayPicker() {
  const { on, choose } = useDay();
  const { opened, onChange: setOpened } = useOpen();
  const pick = (chosen: FormDataEntryValue | null) => {
    choose(typeof chosen === "string" ? new Date(chosen) : null);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="compact-sm"
          className={classes.target ?? ""}
          leftSection={<CalendarClock aria-hidden size={15} strokeWidth={1.75} />}
          rightSection={<ChevronDown aria-hidden size={14} />}
          onClick={() => setOpened(!opened)}
        >
          {on ? shortDay(on.toISOString()) : t("day.now")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ""}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            pick(new FormData(event.currentTarget).get("day"));
          }}
        >
          <TextInput
            type="date"
            name="day"
            required
            withAsterisk={false}
            label={t("day.label")}
            description={t("day.hint")}
            inputWrapperOrder={["label", "input", "description"]}
            max={isoDay(new Date())}
            defaultValue={on ? isoDay(on) : ""}
          />
          <div className={classes.buttons}>
            <Button type="submit" size="xs">
              {t("day.show")}
            </Button>
            {on && (
              <Button variant="default" size="xs" onClick={() => pick(null)}>
                {t("day.back")}
              </Button>
            )}
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
