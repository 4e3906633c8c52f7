/** As a person reads it: a recipient that the policy does not name is called by the beginning of what it says of it. */
export function calledOf(recipient: {
  name?: string | null | undefined;
  description: string;
  function: string;
}): string {
  return recipient.name ?? (firstSentence(recipient.description) || recipient.function);
}

/** Without its full stop. */
export function firstSentence(text: string): string {
  const [sentence = ""] = text.split(/(?<=\S)\.(?:\s|$)/, 1);
  return sentence;
}

export interface Part {
  key: string;
  name: string;
  partOf?: Part | null;
}

/** A service and those that it is part of, nearest first, by key and name; of one without a name the key alone. */
export function lineOf(row: { serviceKey: string; service?: Part | null }): { key: string; name: string }[] {
  const line: Part[] = [];
  for (let part = row.service; part; part = part.partOf) line.push(part);
  return line.length ? line : [{ key: row.serviceKey, name: row.serviceKey }];
}

/** Rows that say the same, by `keyOf`, as one that cites what each of them does. */
export function merged<Row extends { clauses: readonly { key: string }[] }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Row[] {
  return uniqueBy(rows, keyOf).map((first) => {
    const same = rows.filter((row) => keyOf(row) === keyOf(first));
    return {
      ...first,
      clauses: uniqueBy(
        same.flatMap((row) => row.clauses),
        (clause) => clause.key,
      ),
    };
  });
}

/** Each value once, by its key, in the order in which they come. */
export function uniqueBy<Value>(values: Iterable<Value>, keyOf: (value: Value) => string): Value[] {
  const found = new Map<string, Value>();
  for (const value of values) if (!found.has(keyOf(value))) found.set(keyOf(value), value);
  return [...found.values()];
}
