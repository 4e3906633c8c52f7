import type { OptionsFilter } from "@mantine/core";

interface Findable {
  number: number;
  summary: string;
}

/** The revisions that somebody may mean: of a number those that begin with it, that one itself first; else those whose
 * summary has all the words. */
export function foundBy<Revision extends Findable>(revisions: readonly Revision[], text: string): Revision[] {
  const words = text.trim().toLocaleLowerCase().split(/\s+/);
  const [first = ""] = words;
  if (/^\d+$/.test(first) && words.length === 1) {
    const meant = revisions.filter(({ number }) => String(number).startsWith(first));
    return meant.toSorted(
      (one, other) => Number(String(other.number) === first) - Number(String(one.number) === first),
    );
  }
  return revisions.filter(({ summary }) => words.every((word) => summary.toLocaleLowerCase().includes(word)));
}

/** The same among choices by number, whose labels say more. */
export const findChoices: OptionsFilter = ({ options, search, limit }) => {
  const choices = options.flatMap((each) => ("value" in each ? [each] : []));
  const findable = choices.map((choice) => ({ choice, number: Number(choice.value), summary: choice.label }));
  return foundBy(findable, search)
    .slice(0, limit)
    .map(({ choice }) => choice);
};
