import {
  type Kind,
  type Link,
  linksOf,
  type Network,
  NOTHING,
  onwardLinks,
  onwardsFrom,
  reach,
  treeOf,
} from "./network";

/** What leads to an element and from it, by what the facts say: not whatever can be reached. */
export interface Lit {
  elements: ReadonlySet<number>;
  facts: ReadonlySet<number>;
  /** `linkName` of each. */
  links: ReadonlySet<string>;
}

export const linkName = ([from, to]: Link): string => `${from}>${to}`;

/** What lights up with elements: all that leads to any of them, or from any.
 *
 * A fact about a service or category holds for its parts, and tells something of what it is part of. Data from a source goes
 * to a recipient where a processing and a disclosure share a service and a category.
 */
export function litBy(network: Network, selected: Iterable<number>, hidden: ReadonlySet<string> = NOTHING): Lit {
  const light = new Light(network, hidden);
  const kinds = Map.groupBy(selected, (place) => network.elements[place]?.kind);
  const of = (kind: Kind) => kinds.get(kind) ?? [];
  const factsOf = (places: readonly number[]) => new Set(places.flatMap((place) => network.factsOf[place] ?? []));
  for (const place of [...kinds.values()].flat()) light.elements.add(place);
  if (of("SOURCE").length > 0) light.sources(factsOf(of("SOURCE")));
  for (const kind of ["SERVICE", "DATA_CATEGORY"] as const) {
    light.trees(kind, new Set(of(kind).flatMap((place) => [...treeOf(network, place)])));
  }
  for (const fact of factsOf(of("PURPOSE"))) light.fact(fact);
  const there = of("COUNTRY").flatMap((country) =>
    (network.recipientsIn[country] ?? []).map((each): Link => [each, country]),
  );
  light.recipients(new Set([...of("RECIPIENT"), ...there.map(([recipient]) => recipient)]));
  light.onwards(of("RECIPIENT").flatMap((place) => [...onwardsFrom(network, place)]));
  for (const link of there) light.link(link);
  return light;
}

class Light implements Lit {
  readonly elements = new Set<number>();
  readonly facts = new Set<number>();
  readonly links = new Set<string>();
  readonly #network: Network;
  readonly #hidden: ReadonlySet<string>;

  constructor(network: Network, hidden: ReadonlySet<string>) {
    this.#network = network;
    this.#hidden = hidden;
  }

  link(link: Link) {
    this.links.add(linkName(link));
    for (const end of link) this.elements.add(end);
  }

  /** A fact with all that it names, or what is meant of that, and where its data then goes. */
  fact(place: number, isMeant?: (element: number) => boolean) {
    const fact = this.#network.facts[place];
    if (!fact) return;
    this.facts.add(place);
    for (const link of linksOf(this.#network, fact, this.#hidden, isMeant)) this.link(link);
    if (fact.recipient !== null) this.onwards(onwardsFrom(this.#network, fact.recipient));
  }

  /** Where recipients pass data on to. */
  onwards(recipients: Iterable<number>) {
    for (const each of recipients) for (const link of onwardLinks(this.#network, each)) this.link(link);
  }

  /** Facts about services or categories, with their parts and what they are part of. */
  trees(kind: Kind, tree: ReadonlySet<number>) {
    const { elements, factsOf } = this.#network;
    const isMeant = (element: number) => elements[element]?.kind !== kind || tree.has(element);
    for (const fact of new Set([...tree].flatMap((each) => factsOf[each] ?? []))) this.fact(fact, isMeant);
  }

  /** What comes from sources by these processings, and where it goes. */
  sources(processings: ReadonlySet<number>) {
    for (const place of processings) this.fact(place);
    const shared = new Shared(this.#network, processings);
    for (const [place, { recipient, purpose }] of this.#network.facts.entries()) {
      if (recipient === null) continue;
      for (const data of shared.with(place)) {
        const meant = new Set([...data, purpose, recipient]);
        this.fact(place, (element) => meant.has(element));
      }
    }
  }

  /** What goes to any of these recipients, directly or through those that engage them, and where it comes from. */
  recipients(selected: ReadonlySet<number>) {
    const { elements, facts, factsOf, engagedBy } = this.#network;
    const above = reach(selected, (each) => engagedBy[each] ?? []);
    const disclosures = new Set([...above].flatMap((each) => factsOf[each] ?? []));
    for (const place of disclosures) {
      const fact = facts[place];
      if (!fact) continue;
      this.facts.add(place);
      for (const link of linksOf(this.#network, fact, this.#hidden)) this.link(link);
    }
    for (const each of above) {
      if (selected.has(each)) continue;
      for (const next of elements[each]?.engages ?? []) if (above.has(next)) this.link([each, next]);
    }
    const shared = new Shared(this.#network, disclosures);
    for (const [place, { source }] of facts.entries()) {
      if (source === null) continue;
      for (const data of shared.with(place)) {
        const meant = new Set([...data, source]);
        this.fact(place, (element) => meant.has(element));
      }
    }
  }
}

/** Which services and categories other facts have in common with some. */
class Shared {
  readonly #network: Network;
  /** The categories of which each service's are told, by what names the service itself. */
  readonly #named = new Map<number, number[]>();
  readonly #held = new Map<number, ReadonlySet<number>>();

  constructor(network: Network, facts: Iterable<number>) {
    this.#network = network;
    for (const place of facts) {
      const { services = [], categories = [] } = network.facts[place] ?? {};
      for (const service of services) this.#named.set(service, [...(this.#named.get(service) ?? []), ...categories]);
    }
  }

  /** What a fact has in common with the others: each such service with its categories. */
  with(place: number): number[][] {
    const { services = [], categories = [] } = this.#network.facts[place] ?? {};
    return services.flatMap((service) => {
      const held = this.#heldBy(service);
      const shared = categories.filter((category) => held.has(category));
      return shared.length > 0 ? [[service, ...shared]] : [];
    });
  }

  #heldBy(service: number): ReadonlySet<number> {
    let held = this.#held.get(service);
    if (!held) {
      const named = [...treeOf(this.#network, service)].flatMap((each) => this.#named.get(each) ?? []);
      held = new Set([...new Set(named)].flatMap((category) => [...treeOf(this.#network, category)]));
      this.#held.set(service, held);
    }
    return held;
  }
}
