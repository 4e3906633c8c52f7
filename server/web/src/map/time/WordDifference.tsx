import type { WordsKind } from "../../gql/graphql";
import classes from "./WordDifference.module.css";

interface WordDifferenceProps {
  words: readonly { kind: WordsKind; text: string }[];
  /** Only the words of one of the two texts. */
  of?: "old" | "new";
}

/** A text with what was taken out of it and what was put in. */
export function WordDifference({ words, of }: WordDifferenceProps) {
  const left = words.filter(({ kind }) => kind !== (of === "old" ? "ADDED" : of === "new" ? "REMOVED" : null));
  return (
    <p className={classes.words}>
      {left.map(({ kind, text }, place) => {
        const key = place;
        if (kind === "REMOVED") return <del key={key}>{text}</del>;
        if (kind === "ADDED") return <ins key={key}>{text}</ins>;
        return <span key={key}>{text}</span>;
      })}
    </p>
  );
}
