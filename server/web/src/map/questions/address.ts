import { createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs";
import type { ElementInput, ElementKind } from "../../gql/graphql";

export const ASKED = ["paths", "impact"] as const;

/** What the address of a question says. Elements are named as `RECIPIENT:key`. */
export const OF_QUESTION = {
  ask: parseAsStringLiteral(ASKED).withDefault("paths"),
  from: parseAsArrayOf(parseAsString).withDefault([]),
  to: parseAsArrayOf(parseAsString).withDefault([]),
  of: parseAsArrayOf(parseAsString).withDefault([]),
};

const serialize = createSerializer(OF_QUESTION);

/** Where a question is answered. `kept`: what its address keeps of another, such as `?revision=1`. */
export const questionAddress = (
  ask: (typeof ASKED)[number],
  names: { from?: string[]; to?: string[]; of?: string[] },
  kept: string,
) => serialize(`/questions${kept}`, { ask, ...names });

/** Elements named as `RECIPIENT:key`, as the service takes them. */
export const inputsOf = (names: readonly string[]): ElementInput[] =>
  names.map((name) => {
    const [kind = "", ...key] = name.split(":");
    return { kind: kind as ElementKind, key: key.join(":") };
  });
