import { Minus, Plus, SquarePen } from "lucide-react";
import { t } from "../../shared/texts";
import type { Mark } from "./changes";
import classes from "./MarkSign.module.css";

const SIGNS = { ADDED: Plus, REMOVED: Minus, ALTERED: SquarePen } as const;

/** What became of something, told apart by sign and by colour. `isSaid`: and by its word. */
export function MarkSign({ mark, isSaid = false }: { mark: Mark; isSaid?: boolean }) {
  const Sign = SIGNS[mark];
  const word = t(`time.mark.${mark}`);
  if (isSaid) {
    return (
      <span className={classes.said} data-mark={mark}>
        <Sign aria-hidden size={12} strokeWidth={2.25} /> {word}
      </span>
    );
  }
  return (
    <span className={classes.mark} data-mark={mark} title={word}>
      <Sign aria-hidden size={13} strokeWidth={2.25} />
      <span className="seen-by-readers-only">{word}</span>
    </span>
  );
}
