import type { Layout } from "./layout";
import { everyNode, type Scene, type SceneNode } from "./scene";

export type Direction = "up" | "down" | "left" | "right" | "first" | "last";

/** The node that an arrow key leads to: up and down in its column, left and right the nearest that it is linked to, of those
 * that are lit if any is. Null where there is none. */
export function stepFrom(
  scene: Scene,
  layout: Layout,
  from: string,
  direction: Direction,
  lit: ReadonlySet<string> | null,
): string | null {
  const columns = scene.columns.map(({ nodes }) => everyNode(nodes).sort(byTop(layout)));
  const column = columns.findIndex((nodes) => nodes.some(({ id }) => id === from));
  const nodes = columns[column] ?? [];
  const row = nodes.findIndex(({ id }) => id === from);
  if (direction === "up") return nodes[row - 1]?.id ?? null;
  if (direction === "down") return nodes[row + 1]?.id ?? null;
  if (direction === "first") return nodes[0]?.id ?? null;
  if (direction === "last") return nodes.at(-1)?.id ?? null;
  const beside = columns[column + (direction === "left" ? -1 : 1)] ?? [];
  const linked = new Set(scene.links.flatMap(({ from: one, to }) => (one === from ? [to] : to === from ? [one] : [])));
  const near = beside.filter(({ id }) => linked.has(id));
  const litNear = near.filter(({ id }) => lit?.has(id));
  return nearest(layout, from, litNear.length > 0 ? litNear : near.length > 0 ? near : beside);
}

const topOf = (layout: Layout, id: string): number => layout.places.get(id)?.y ?? 0;

const byTop = (layout: Layout) => (one: SceneNode, other: SceneNode) => topOf(layout, one.id) - topOf(layout, other.id);

function nearest(layout: Layout, from: string, nodes: readonly SceneNode[]): string | null {
  const top = topOf(layout, from);
  const distance = (id: string) => Math.abs(topOf(layout, id) - top);
  let found: string | null = null;
  for (const { id } of nodes) if (found === null || distance(id) < distance(found)) found = id;
  return found;
}
