import { Minus, Plus, SquarePen } from "lucide-react";
import { t } from "../../shared/texts";
import type { Mark } from "./changes";
import classes from "./Time.module.css";

const SIGNS = { ADDED: Plus, REMOVED: Minus, ALTERED: SquarePen } as const;

/** What became of something, told apart by sign and by colour. */
export function MarkSign({ mark }: { mark: Mark }) {
  const Sign = SIGNS[mark];
  return (
    <span className={classes.mark} data-mark={mark} title={t(`time.mark.${mark}`)}>
      <Sign aria-hidden size={13} strokeWidth={2.25} />
      <span className="seen-by-readers-only">{t(`time.mark.${mark}`)}</span>
    </span>
  );
}
