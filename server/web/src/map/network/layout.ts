import { everyNode, type Scene, type SceneNode } from "./scene";

/** Sizes of what is drawn, in pixels at its natural size. */
export const SIZES = { width: 168, height: 26, pitch: 31, apart: 8, indent: 12, between: 54 } as const;
const WIDEST = 264;

/** Where a node stands: its left upper corner, and how wide it is. */
export interface Place {
  x: number;
  y: number;
  width: number;
}

export interface Layout {
  places: ReadonlyMap<string, Place>;
  /** Left edges, one for each column. */
  columns: readonly number[];
  /** Of a node that is part of none. */
  nodeWidth: number;
  width: number;
  height: number;
}

/** How wide nodes can be for the picture to have the shape of its frame, so that names have the room that there is. */
export function nodeWidthFor(
  scene: Scene,
  frame: { width: number; height: number },
  zoom: { least: number; most: number },
): number {
  const { length } = scene.columns;
  const height = Math.max(1, ...scene.columns.map(({ nodes }) => heightOf(nodes)));
  const drawnAt = Math.min(zoom.most, Math.max(zoom.least, frame.height / height));
  const room = (frame.width / drawnAt - (length - 1) * SIZES.between) / Math.max(1, length);
  return Math.round(Math.min(WIDEST, Math.max(SIZES.width, room)));
}

const SWEEPS = 4;

/** Nodes in columns from left to right, so ordered that links cross little and run flat.
 *
 * Each sweep orders what stands beside one another in a tree by the mean place of what it is linked to in the column before, once to
 * the right and once to the left. The longest column is then stacked, and the others stand as near as they can to what they are
 * linked to, but within `seen` from above, as far as they fit: at first sight, no column is empty.
 */
export function layoutOf(scene: Scene, nodeWidth: number = SIZES.width, seen = Number.POSITIVE_INFINITY): Layout {
  const links = linkedNodes(scene);
  let forests = scene.columns.map((column) => column.nodes);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    forests = swept(forests, links, sweep % 2 === 0);
  }
  const heights = forests.map(heightOf);
  const height = Math.max(0, ...heights);
  const longest = heights.indexOf(height);
  const tops = new Map<string, number>();
  const order = [...forests.keys()].sort((one, other) => Math.abs(one - longest) - Math.abs(other - longest));
  for (const column of order) {
    stack(forests[column] ?? [], links, tops, Math.min(height, Math.max(seen, heights[column] ?? 0)));
  }
  const columns = forests.map((_, column) => column * (nodeWidth + SIZES.between));
  const places = new Map<string, Place>();
  for (const [column, forest] of forests.entries()) {
    for (const { id, depth } of forest.flatMap((node) => everyNode([node]))) {
      const indent = depth * SIZES.indent;
      places.set(id, { x: (columns[column] ?? 0) + indent, y: tops.get(id) ?? 0, width: nodeWidth - indent });
    }
  }
  const width = Math.max(0, forests.length * (nodeWidth + SIZES.between) - SIZES.between);
  return { places, columns, nodeWidth, width, height };
}

type Links = ReadonlyMap<string, readonly string[]>;

/** What each node is linked to in other columns. */
function linkedNodes({ links, columns }: Scene): Links {
  const kinds = new Map(columns.flatMap(({ kind, nodes }) => everyNode(nodes).map(({ id }) => [id, kind] as const)));
  const found = new Map<string, string[]>();
  for (const { from, to } of links) {
    if (kinds.get(from) === kinds.get(to)) continue;
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const list = found.get(one);
      if (list) list.push(other);
      else found.set(one, [other]);
    }
  }
  return found;
}

type Forest = readonly SceneNode[];

/** Orders each column after the one before it; `right`: from left to right. */
function swept(forests: readonly Forest[], links: Links, right: boolean): Forest[] {
  const ordered = [...forests];
  const columns = [...forests.keys()];
  if (!right) columns.reverse();
  for (const [position, column] of columns.entries()) {
    const before = columns[position - 1];
    if (before === undefined) continue;
    const ranks = new Map(everyNode(ordered[before] ?? []).map(({ id }, rank) => [id, rank]));
    ordered[column] = sorted(ordered[column] ?? [], links, ranks);
  }
  return ordered;
}

function sorted(forest: Forest, links: Links, ranks: ReadonlyMap<string, number>): SceneNode[] {
  const keyed = forest.map((node, place) => {
    const nodes = everyNode([node]);
    const isApart = nodes.every(({ id }) => !links.has(id));
    return {
      node: { ...node, below: sorted(node.below, links, ranks) },
      // What is linked to nothing comes last, and after it the rest of a list.
      last: isRest(node) ? 2 : isApart ? 1 : 0,
      mean: mean(nodes.flatMap(({ id }) => known(links.get(id), ranks))),
      place,
    };
  });
  // Nodes without a link to that column keep their place among those that have one.
  let before = Number.NEGATIVE_INFINITY;
  const weighed = keyed.map((each) => {
    before = each.mean ?? before;
    return { ...each, mean: before };
  });
  return weighed
    .sort((one, other) => one.last - other.last || compared(one.mean, other.mean) || one.place - other.place)
    .map(({ node }) => node);
}

// Infinity less infinity is no number.
const compared = (one: number, other: number): number => (one === other ? 0 : one - other);

const isRest = ({ element, group }: SceneNode): boolean => element === null && group === null;

const known = (ids: readonly string[] | undefined, values: ReadonlyMap<string, number>): number[] =>
  (ids ?? []).flatMap((id) => values.get(id) ?? []);

const mean = (values: readonly number[]): number | undefined =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;

const heightOf = (forest: Forest): number =>
  forest.reduce((sum, node) => sum + everyNode([node]).length * SIZES.pitch + SIZES.apart, 0);

/** Gives each node of a column its top: each tree as near as possible to what it is linked to and has a top already. */
function stack(forest: Forest, links: Links, tops: Map<string, number>, height: number): void {
  const trees = forest.map((node) => {
    const nodes = everyNode([node]);
    const wishes = nodes.flatMap(({ id }, row) => known(links.get(id), tops).map((top) => top - row * SIZES.pitch));
    return { nodes, wish: mean(wishes), weight: wishes.length, height: heightOf([node]) };
  });
  const found = spread(trees, height);
  for (const [place, { nodes }] of trees.entries()) {
    for (const [row, { id }] of nodes.entries()) tops.set(id, (found[place] ?? 0) + row * SIZES.pitch);
  }
}

interface Tree {
  /** The top that it wishes for; undefined: any. */
  wish: number | undefined;
  weight: number;
  height: number;
}

/** Tops in the given order, without overlap and within `height`, with the least sum of squared distances from the wishes: by
 * pooling neighbours that would overlap. */
export function spread(trees: readonly Tree[], height: number): number[] {
  const pools: { wish: number; weight: number; height: number; count: number }[] = [];
  let before = 0;
  for (const tree of trees) {
    const wish = tree.wish ?? before;
    before = wish + tree.height;
    let pool = { wish, weight: Math.max(tree.weight, 0.001), height: tree.height, count: 1 };
    for (let last = pools.at(-1); last && last.wish + last.height > pool.wish; last = pools.at(-1)) {
      pools.pop();
      const weight = last.weight + pool.weight;
      const joined = (last.wish * last.weight + (pool.wish - last.height) * pool.weight) / weight;
      pool = { wish: joined, weight, height: last.height + pool.height, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  const heights = trees.map((tree) => tree.height);
  const tops: number[] = [];
  let below = height;
  for (const pool of pools) {
    let top = pool.wish;
    for (const each of heights.slice(tops.length, tops.length + pool.count)) {
      tops.push(top);
      top += each;
    }
  }
  // Back into the picture: from below, then from above.
  for (let place = tops.length - 1; place >= 0; place--) {
    below = Math.min(tops[place] ?? 0, below - (heights[place] ?? 0));
    tops[place] = below;
  }
  let above = 0;
  for (const [place, top] of tops.entries()) {
    tops[place] = Math.max(top, above);
    above = (tops[place] ?? 0) + (heights[place] ?? 0);
  }
  return tops.map(Math.round);
}
