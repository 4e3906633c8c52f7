import { KINDS, type Kind, lineOf, linksOf, type Network, nameOf, onwardLinks, reach } from "./network";

/** Rows that stand below one another without anything to open. */
export const ROWS_AT_MOST = 40;
/** Of maps with at most so many elements, all is open from the beginning. */
export const OPEN_AT_MOST = 400;

export interface SceneNode {
  /** The name of its element; `RECIPIENT/PROCESSOR` for a group, with `+` at its end for the rest of one. */
  id: string;
  kind: Kind;
  /** The element that it is; null for a group or a rest. */
  element: number | null;
  /** What a group's elements have in common: their detail. Null for an element, and for a rest. */
  group: string | null;
  /** All elements that it stands for: its own, and those that are not drawn themselves. */
  stands: readonly number[];
  depth: number;
  /** Null where there is nothing to open. */
  isOpen: boolean | null;
  /** Drawn below it. */
  below: readonly SceneNode[];
}

export interface SceneLink {
  id: string;
  from: string;
  to: string;
  /** The links between elements that it stands for, as `linkName`s. */
  stands: readonly string[];
}

export interface Scene {
  /** Forests, in the order of `KINDS` but without those that are hidden. */
  columns: readonly { kind: Kind; nodes: readonly SceneNode[] }[];
  links: readonly SceneLink[];
  /** Whether nodes are open until somebody closes them. */
  isOpenAtFirst: boolean;
  /** The node in which each element is drawn. */
  nodeOf: ReadonlyMap<number, SceneNode>;
}

export type Depth = "open" | "closed";

export interface View {
  /** Kinds that are not drawn. */
  hidden: ReadonlySet<string>;
  /** The elements to draw; null for all. */
  shown: ReadonlySet<number> | null;
  /** Whether all is open, or all closed; null: small maps are open. */
  depth: Depth | null;
  /** Ids of nodes that are open where they would be closed, or closed where they would be open. */
  toggled: ReadonlySet<string>;
  /** How many rows more than `ROWS_AT_MOST` a rest has given up, by its id. */
  more: ReadonlyMap<string, number>;
  /** An element that is drawn whatever is closed. */
  selected: number | null;
}

/** What is drawn of a map. */
export function sceneOf(network: Network, view: View): Scene {
  const nodeOf = new Map<number, SceneNode>();
  const isOpenAtFirst = view.depth
    ? view.depth === "open"
    : (view.shown?.size ?? network.elements.length) <= OPEN_AT_MOST;
  const columns = KINDS.filter((kind) => !view.hidden.has(kind)).map((kind) => {
    const nodes = new Column(network, view, kind, isOpenAtFirst).nodes();
    for (const node of everyNode(nodes)) for (const element of node.stands) nodeOf.set(element, node);
    return { kind, nodes };
  });
  return { columns, nodeOf, isOpenAtFirst, links: linksBetween(network, view.hidden, nodeOf) };
}

/** Nodes with those below them, from above to below. */
export function everyNode(nodes: readonly SceneNode[]): SceneNode[] {
  return nodes.flatMap((node) => [node, ...everyNode(node.below)]);
}

class Column {
  readonly #network: Network;
  readonly #view: View;
  readonly #kind: Kind;
  readonly #drawn: ReadonlySet<number>;
  readonly #isOpenAtFirst: boolean;
  /** The selected element, with what it is part of. */
  readonly #kept: ReadonlySet<number>;

  constructor(network: Network, view: View, kind: Kind, isOpenAtFirst: boolean) {
    this.#network = network;
    this.#view = view;
    this.#kind = kind;
    const all = network.elements.flatMap((element, place) => (element.kind === kind ? [place] : []));
    this.#drawn = new Set(view.shown ? all.filter((place) => view.shown?.has(place)) : all);
    this.#isOpenAtFirst = isOpenAtFirst;
    this.#kept = new Set(view.selected === null ? [] : lineOf(network, view.selected));
  }

  nodes(): SceneNode[] {
    const tops = [...this.#drawn].filter((place) => !this.#isBelow(place));
    const groups = Map.groupBy(tops, (place) => this.#network.elements[place]?.detail ?? "");
    if (tops.length <= ROWS_AT_MOST || groups.size < 2 || this.#isOpenAtFirst) return this.#rows(tops, this.#kind, 0);
    return [...groups].map(([group, members]) => this.#group(group, members));
  }

  #isBelow(place: number): boolean {
    const above = this.#network.elements[place]?.partOf;
    return above !== null && above !== undefined && this.#drawn.has(above);
  }

  #group(group: string, members: readonly number[]): SceneNode {
    const id = `${this.#kind}/${group}`;
    const all = this.#withBelow(members);
    const isOpen = this.#isOpen(id, all, false);
    return {
      id,
      kind: this.#kind,
      element: null,
      group,
      stands: isOpen ? [] : all,
      depth: 0,
      isOpen,
      below: isOpen ? this.#rows(members, id, 1) : [],
    };
  }

  /** Elements below one another, and the rest of them where they are too many. `of`: the node or kind that has them. */
  #rows(places: readonly number[], of: string, depth: number): SceneNode[] {
    const id = `${of}+`;
    const most = this.#isOpenAtFirst ? Number.POSITIVE_INFINITY : ROWS_AT_MOST + (this.#view.more.get(id) ?? 0);
    const { first, rest } = this.#cut(places, most);
    const rows = first.map((place) => this.#row(place, depth));
    if (rest.length === 0) return rows;
    const stands = this.#withBelow(rest);
    const node = { id, kind: this.#kind, element: null, group: null, stands, depth, isOpen: null, below: [] };
    return [...rows, node];
  }

  /** Those with most facts come first where there are too many: they say most. */
  #cut(places: readonly number[], most: number): { first: number[]; rest: number[] } {
    if (places.length <= most + 1) return { first: [...places], rest: [] };
    const { factsOf, recipientsIn } = this.#network;
    const weight = (place: number) => (factsOf[place]?.length ?? 0) + (recipientsIn[place]?.length ?? 0);
    const heaviest = new Set([...places].sort((one, other) => weight(other) - weight(one)).slice(0, most));
    const isFirst = (place: number) => heaviest.has(place) || this.#kept.has(place);
    return { first: places.filter(isFirst), rest: places.filter((place) => !isFirst(place)) };
  }

  #row(place: number, depth: number): SceneNode {
    const { elements, parts } = this.#network;
    const element = elements[place];
    const id = element ? nameOf(element) : "";
    const below = (parts[place] ?? []).filter((each) => this.#drawn.has(each));
    const isOpen = below.length > 0 ? this.#isOpen(id, this.#withBelow(below), this.#isOpenAtFirst) : null;
    return {
      id,
      kind: this.#kind,
      element: place,
      group: null,
      stands: isOpen === false ? this.#withBelow([place]) : [place],
      depth,
      isOpen,
      below: isOpen ? this.#rows(below, id, depth + 1) : [],
    };
  }

  #isOpen(id: string, below: readonly number[], atFirst: boolean): boolean {
    const isKept = this.#view.selected !== null && below.includes(this.#view.selected);
    return isKept || this.#view.toggled.has(id) !== atFirst;
  }

  #withBelow(places: readonly number[]): number[] {
    const all = reach(places, (place) => this.#network.parts[place] ?? []);
    return [...all].filter((place) => this.#drawn.has(place));
  }
}

function linksBetween(
  network: Network,
  hidden: ReadonlySet<string>,
  nodeOf: ReadonlyMap<number, SceneNode>,
): SceneLink[] {
  const found = new Map<string, { from: string; to: string; stands: Set<string> }>();
  const add = (from: number, to: number) => {
    const [one, other] = [nodeOf.get(from), nodeOf.get(to)];
    if (!one || !other || one === other) return;
    const id = `${one.id}>${other.id}`;
    const link = found.get(id) ?? { from: one.id, to: other.id, stands: new Set() };
    link.stands.add(`${from}>${to}`);
    found.set(id, link);
  };
  for (const fact of network.facts) for (const [from, to] of linksOf(network, fact, hidden)) add(from, to);
  for (const [place, element] of network.elements.entries()) {
    if (element.kind === "RECIPIENT") for (const [from, to] of onwardLinks(network, place)) add(from, to);
  }
  return [...found].map(([id, { from, to, stands }]) => ({ id, from, to, stands: [...stands] }));
}
