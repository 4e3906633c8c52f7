import { type Words, wordsOf } from "./text";
import classes from "./WordDifference.module.css";

interface WordDifferenceProps {
  words: Words;
  /** Only the words of one of the two texts. */
  of?: "old" | "new";
}

/** A text with what was taken out of it and what was put in. */
export function WordDifference({ words, of }: WordDifferenceProps) {
  return (
    <p className={classes.words}>
      {wordsOf(words, of).map(({ kind, text }, place) => {
        const key = place;
        if (kind === "REMOVED") return <del key={key}>{text}</del>;
        if (kind === "ADDED") return <ins key={key}>{text}</ins>;
        return <span key={key}>{text}</span>;
      })}
    </p>
  );
}
