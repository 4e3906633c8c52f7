import type { OutlineQuery } from "../../gql/graphql";

export type Outline = NonNullable<NonNullable<OutlineQuery["dataMap"]>["outline"]>;
export type OutlineElement = Outline["elements"][number];
export type OutlineFact = Outline["facts"][number];

/** The kinds of a picture, in the order of its columns: the way that data takes. */
export const KINDS = ["SOURCE", "SERVICE", "DATA_CATEGORY", "PURPOSE", "RECIPIENT", "COUNTRY"] as const;

export type Kind = (typeof KINDS)[number];

/** Elements and facts are named by their places in the outline. */
export interface Network {
  elements: readonly OutlineElement[];
  facts: readonly OutlineFact[];
  /** Those directly below each element. */
  parts: readonly (readonly number[])[];
  /** By name: `DISCLOSURE:to-mailer`. */
  factNamed: ReadonlyMap<string, OutlineFact>;
  /** Facts that name each element itself; of a country, none does. */
  factsOf: readonly (readonly number[])[];
  /** Recipients that engage each. */
  engagedBy: readonly (readonly number[])[];
  /** Recipients in each country. */
  recipientsIn: readonly (readonly number[])[];
  /** Place by name: `SERVICE:billing`. */
  places: ReadonlyMap<string, number>;
}

export function networkOf({ elements, facts }: Pick<Outline, "elements" | "facts">): Network {
  const lists = () => elements.map((): number[] => []);
  const [parts, factsOf, engagedBy, recipientsIn] = [lists(), lists(), lists(), lists()];
  const add = (list: number[][], place: number, value: number) => list[place]?.push(value);
  for (const [place, element] of elements.entries()) {
    if (element.partOf !== null) add(parts, element.partOf, place);
    for (const other of element.engages) add(engagedBy, other, place);
    for (const country of element.countries) add(recipientsIn, country, place);
  }
  for (const [place, fact] of facts.entries()) {
    for (const member of membersOf(fact)) add(factsOf, member, place);
  }
  const places = new Map(elements.map((element, place) => [nameOf(element), place]));
  const factNamed = new Map(facts.map((fact) => [nameOf(fact), fact]));
  return { elements, facts, factNamed, parts, factsOf, engagedBy, recipientsIn, places };
}

export const nameOf = ({ kind, key }: { kind: string; key: string }): string => `${kind}:${key}`;

/** All elements that a fact names. */
export function membersOf({ source, services, categories, purpose, recipient }: OutlineFact): number[] {
  return [
    ...(source === null ? [] : [source]),
    ...services,
    ...categories,
    purpose,
    ...(recipient === null ? [] : [recipient]),
  ];
}

export type Link = readonly [from: number, to: number];

export const NOTHING: ReadonlySet<never> = new Set();

/** What a fact joins, in the direction that data takes: each kind with the next that is not hidden. `isMeant`: which of its
 * elements count. */
export function linksOf(
  network: Network,
  { source, services, categories, purpose, recipient }: OutlineFact,
  hidden: ReadonlySet<string> = NOTHING,
  isMeant: (element: number) => boolean = () => true,
): Link[] {
  const toCountries = recipient !== null && hidden.has("RECIPIENT");
  const stages = [
    source === null ? [] : [source],
    services,
    categories,
    [purpose],
    recipient === null ? [] : [recipient],
    toCountries ? [...onwardsFrom(network, recipient)].flatMap((each) => network.elements[each]?.countries ?? []) : [],
  ].map((stage) => stage.filter((place) => isMeant(place) && !hidden.has(network.elements[place]?.kind ?? "")));
  const drawn = stages.filter((stage) => stage.length > 0);
  return drawn.slice(1).flatMap((stage, before) => pairs(drawn[before] ?? [], stage));
}

const pairs = (some: readonly number[], others: readonly number[]): Link[] =>
  some.flatMap((one) => others.map((other): Link => [one, other]));

/** A recipient with those that it engages, and that they engage. */
export const onwardsFrom = ({ elements }: Network, recipient: number): Set<number> =>
  reach([recipient], (each) => elements[each]?.engages ?? []);

/** Where a recipient passes data on to: others that it engages, and the countries where it is. */
export function onwardLinks({ elements }: Network, recipient: number): Link[] {
  const { engages = [], countries = [] } = elements[recipient] ?? {};
  return [...engages, ...countries].map((to) => [recipient, to]);
}

/** An element with all that it is part of, nearest first. */
export function lineOf({ elements }: Network, place: number): number[] {
  const line: number[] = [];
  for (
    let each: number | null | undefined = place;
    each !== null && each !== undefined;
    each = elements[each]?.partOf
  ) {
    line.push(each);
  }
  return line;
}

/** What leads anywhere by `next`, with where it begins; each once. */
export function reach(from: Iterable<number>, next: (place: number) => readonly number[]): Set<number> {
  const found = new Set(from);
  for (const place of found) for (const other of next(place)) found.add(other);
  return found;
}

/** An element with all below it. */
export const belowOf = ({ parts }: Network, place: number): Set<number> => reach([place], (each) => parts[each] ?? []);

/** What a fact about `place` may name, and what it then holds for: the element, what it is part of, its parts. */
export const treeOf = (network: Network, place: number): Set<number> =>
  new Set([...lineOf(network, place), ...belowOf(network, place)]);

/** The facts that hold for an element: those that name it, or what it is part of. */
export const factsAbout = (network: Network, place: number): number[] =>
  lineOf(network, place).flatMap((each) => network.factsOf[each] ?? []);
