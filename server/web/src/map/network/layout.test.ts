import { expect, test } from "vitest";
import { type Layout, layoutOf, SIZES, spread } from "./layout";
import { networkOf } from "./network";
import { anOutline, aShop } from "./outlines";
import { everyNode, type Scene, sceneOf } from "./scene";

const ALL = {
  hidden: new Set<string>(),
  shown: null,
  depth: null,
  toggled: new Set<string>(),
  more: new Map<string, number>(),
  selected: null,
};
const shop = sceneOf(networkOf(aShop()), ALL);

/** Services whose categories stand in the opposite order. */
const crossed = sceneOf(
  networkOf(
    anOutline({
      sources: ["s"],
      services: ["a", "b", "c", "d"],
      categories: ["4", "3", "2", "1"],
      purposes: ["p"],
      processings: [
        { by: "a", uses: ["1"], from: "s", for: "p" },
        { by: "b", uses: ["2"], from: "s", for: "p" },
        { by: "c", uses: ["3"], from: "s", for: "p" },
        { by: "d", uses: ["4"], from: "s", for: "p" },
      ],
    }),
  ),
  ALL,
);

/** Pairs of links between the same two columns that cross. */
function crossings({ links }: Scene, { places }: Layout): number {
  const ends = links.flatMap(({ from, to }) => {
    const [one, other] = [places.get(from), places.get(to)];
    return one && other && one.x !== other.x ? [{ x: one.x, from: one.y, to: other.y }] : [];
  });
  return ends
    .flatMap((one, place) => ends.slice(place + 1).map((other) => [one, other] as const))
    .filter(([one, other]) => one.x === other.x && (one.from - other.from) * (one.to - other.to) < 0).length;
}

const topsOf = (layout: Layout, ids: string[]) => ids.map((id) => layout.places.get(id)?.y ?? Number.NaN);

test("columns stand side by side, and nothing overlaps", () => {
  for (const scene of [shop, crossed]) {
    const layout = layoutOf(scene, 200);
    expect(layout.columns).toEqual(scene.columns.map((_, column) => column * (200 + SIZES.between)));
    for (const { nodes } of scene.columns) {
      const tops = topsOf(
        layout,
        everyNode(nodes).map(({ id }) => id),
      ).sort((one, other) => one - other);
      expect(tops[0] ?? 0).toBeGreaterThanOrEqual(0);
      for (const [place, top] of tops.entries()) {
        expect(top - (tops[place - 1] ?? -SIZES.pitch)).toBeGreaterThanOrEqual(SIZES.pitch);
        expect(top + SIZES.height).toBeLessThanOrEqual(layout.height);
      }
    }
  }
});

test("links that need not cross do not", () => {
  expect(crossings(crossed, layoutOf(crossed))).toBe(0);
});

test("parts stay below what they are part of, indented", () => {
  const { places } = layoutOf(shop);
  const [contact, email, phone] = ["contact", "email", "phone"].map((key) => places.get(`DATA_CATEGORY:${key}`));
  expect(new Set([email?.y, phone?.y])).toEqual(
    new Set([(contact?.y ?? 0) + SIZES.pitch, (contact?.y ?? 0) + 2 * SIZES.pitch]),
  );
  expect(email?.x).toBe((contact?.x ?? 0) + SIZES.indent);
  expect(email?.width).toBe((contact?.width ?? 0) - SIZES.indent);
});

test("what is linked to nothing comes last", () => {
  const tops = topsOf(layoutOf(shop), ["DATA_CATEGORY:usage", "DATA_CATEGORY:health"]);
  expect(tops[1]).toBeGreaterThan(tops[0] ?? 0);
});

test("a picture that is taller than its frame begins with something in each column", () => {
  const services = Array.from({ length: 60 }, (_, number) => `service-${number}`);
  const processings = services.map((by) => ({ by, uses: ["what"], from: "person", for: "why" }));
  const tall = anOutline({ services, sources: ["person"], categories: ["what"], purposes: ["why"], processings });
  const top = (seen?: number) => topsOf(layoutOf(sceneOf(networkOf(tall), ALL), 168, seen), ["PURPOSE:why"])[0] ?? 0;
  expect(top()).toBeGreaterThan(800);
  expect(top(500)).toBeLessThan(500);
});

test("the same map is drawn the same way", () => {
  expect(layoutOf(shop)).toEqual(layoutOf(sceneOf(networkOf(aShop()), ALL)));
});

test("a picture of nothing has no size", () => {
  const empty = layoutOf(sceneOf(networkOf(anOutline({})), { ...ALL, hidden: new Set(["SOURCE"]) }));
  expect(empty.height).toBe(0);
  expect(empty.places.size).toBe(0);
});

const tree = (wish: number | undefined, height = 10) => ({ wish, height, weight: 1 });

test("trees stand where they wish if there is room", () => {
  expect(spread([tree(5), tree(40)], 100)).toEqual([5, 40]);
});

test("trees that wish for one place share the way to it", () => {
  expect(spread([tree(40), tree(40)], 100)).toEqual([35, 45]);
});

test("trees stay in the picture, in their order", () => {
  expect(spread([tree(95), tree(95), tree(-20)], 30)).toEqual([0, 10, 20]);
});

test("a tree without a wish stands below the one before", () => {
  expect(spread([tree(20), tree(undefined)], 100)).toEqual([20, 30]);
});
