import { Link2 } from "lucide-react";
import { t } from "../../shared/texts";
import classes from "./Changes.module.css";
import { type Item, placeOf } from "./told";

type Clause = Item["clauses"][number];

interface WordByWordProps {
  clause: Clause;
  /** The number of the revision with the new wording; null where that was taken back, and is nowhere to be read. */
  revision: number | null;
}

/** A clause that changes: the old wording beside the new one, what differs marked in both. */
export function WordByWord({ clause, revision }: WordByWordProps) {
  const { before, after } = clause;
  const place = t(placeOf(revision === null, Boolean(before), Boolean(after)), { number: after?.number ?? "" });
  return (
    <div className={classes.clause}>
      <p className={classes.place}>
        {after && revision !== null ? (
          <a href={`/policy/${revision}#clause-${after.key}`} className={classes.link}>
            <Link2 aria-hidden size={13} strokeWidth={2} />
            {place}
          </a>
        ) : (
          place
        )}
      </p>
      <div className={before && after ? classes.sides : undefined}>
        {before && (
          <blockquote className={`${classes.side} ${after ? "" : classes.gone}`}>
            <span className={classes.which}>{t("changes.word.old")}</span>
            <Words clause={clause} side="REMOVED" text={before.text} />
          </blockquote>
        )}
        {after && (
          <blockquote className={classes.side}>
            <span className={classes.which}>{t("changes.word.new")}</span>
            <Words clause={clause} side="ADDED" text={after.text} />
          </blockquote>
        )}
      </div>
    </div>
  );
}

interface WordsProps {
  clause: Clause;
  side: "REMOVED" | "ADDED";
  text: string;
}

function Words({ clause: { words }, side, text }: WordsProps) {
  if (!words.length) return text;
  const Marked = side === "ADDED" ? "ins" : "del";
  return words
    .filter((run) => run.kind === "SAME" || run.kind === side)
    .map((run, place) =>
      run.kind === "SAME" ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same words may come twice, and nothing is ever moved
        <span key={place}>{run.text}</span>
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <Marked key={place}>{run.text}</Marked>
      ),
    );
}
