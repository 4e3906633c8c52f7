import { t } from "../../shared/texts";

/** How many people: at least so many where the service stopped counting. */
export const peopleText = ({ count, isComplete }: { count: number; isComplete: boolean }): string =>
  isComplete ? t("common.people", { count }) : t("common.peopleAtLeast", { count });
