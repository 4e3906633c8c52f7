import type { ReadClauseFragment, ToldChangeFragment, WordsKind } from "../../gql/graphql";

export type Words = readonly { kind: WordsKind; text: string }[];

export interface TextRow {
  old: ReadClauseFragment | null;
  new: ReadClauseFragment | null;
  /** Word by word; null where the words are the same, or there is but one side. */
  words: Words | null;
  isChanged: boolean;
}

/** Two texts beside each other, in the order of the newer one; what is gone stands behind what it stood behind. */
export function textRows(
  before: readonly ReadClauseFragment[],
  after: readonly ReadClauseFragment[],
  changes: readonly ToldChangeFragment[],
): TextRow[] {
  const became = new Map(before.map(({ key }) => [key, key]));
  const words = new Map<string, TextRow["words"]>();
  const changed = new Set<string>();
  for (const change of changes) {
    if ("newClause" in change) {
      became.set(change.oldClause.key, change.newClause.key);
      changed.add(change.newClause.key);
      if ("words" in change) words.set(change.newClause.key, change.words);
    } else if (change.__typename === "ClauseAdded") {
      changed.add(change.clause.key);
    } else if (change.__typename === "ClauseRemoved") {
      became.delete(change.clause.key);
    }
  }
  const added = new Set(changes.flatMap((each) => (each.__typename === "ClauseAdded" ? [each.clause.key] : [])));
  const was = new Map<string, ReadClauseFragment>();
  // By the key of the clause of the newer text that they stand behind; "" at the top.
  const gone = new Map<string, ReadClauseFragment[]>();
  let last = "";
  for (const clause of before) {
    const key = became.get(clause.key);
    if (key === undefined) gone.set(last, [...(gone.get(last) ?? []), clause]);
    else {
      was.set(key, clause);
      last = key;
    }
  }
  const goneBehind = (key: string): TextRow[] =>
    (gone.get(key) ?? []).map((clause) => ({ old: clause, new: null, words: null, isChanged: true }));
  return [
    ...goneBehind(""),
    ...after.flatMap((clause): TextRow[] => [
      {
        old: added.has(clause.key) ? null : (was.get(clause.key) ?? null),
        new: clause,
        words: words.get(clause.key) ?? null,
        isChanged: changed.has(clause.key),
      },
      ...goneBehind(clause.key),
    ]),
  ];
}

/** Rows in runs: of rows that changed, or of rows that did not. */
export function runsOf(rows: readonly TextRow[]): TextRow[][] {
  const runs: TextRow[][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last?.[0]?.isChanged === row.isChanged) last.push(row);
    else runs.push([row]);
  }
  return runs;
}

/** The words of one of two texts, or of both. */
export const wordsOf = (words: Words, of?: "old" | "new"): Words =>
  words.filter(({ kind }) => kind !== (of === "old" ? "ADDED" : of === "new" ? "REMOVED" : null));
