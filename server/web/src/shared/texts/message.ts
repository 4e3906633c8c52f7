/** The names in braces of a text: `"{count} of {all}"` has `count` and `all`. */
type Named<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never;

/** A text that depends on a number, its `count`, by the plural rules of the language. */
export interface Plural {
  one: string;
  other: string;
}

export type Message = string | Plural;

/** What a message wants to be told: nothing, or an object with a value for each name. */
export type Values<Of> = [Names<Of>] extends [never] ? [] : [values: Record<Names<Of>, string | number>];

type Names<Of> = Of extends Plural ? "count" | Named<Of["one"]> | Named<Of["other"]> : Named<Of>;

/** What is made when it is first asked for: the browser takes milliseconds for each of its formats. */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const PLACE = /\{(\w+)\}/g;

/** Writes messages in one language. Numbers are written as it writes them. */
export function writer(language: string): (message: Message, values?: Record<string, string | number>) => string {
  const plurals = once(() => new Intl.PluralRules(language));
  const numbers = once(() => new Intl.NumberFormat(language));
  return (message, values = {}) => {
    const text = typeof message === "string" ? message : pluralOf(message, plurals(), values.count);
    return text.replace(PLACE, (place, name: string) => {
      const value = values[name];
      return typeof value === "number" ? numbers().format(value) : (value ?? place);
    });
  };
}

function pluralOf(message: Plural, plurals: Intl.PluralRules, count: unknown): string {
  return plurals.select(Number(count)) === "one" ? message.one : message.other;
}
