import { expect, test } from "vitest";
import { layoutOf } from "./layout";
import { networkOf } from "./network";
import { anOutline, aShop } from "./outlines";
import { sceneOf } from "./scene";
import { cut, svgOf } from "./svg";

const ALL = {
  hidden: new Set<string>(),
  shown: null,
  depth: null,
  toggled: new Set<string>(),
  more: new Map<string, number>(),
  selected: null,
};
const widthOf = (text: string) => text.length * 6;

function drawn(outline = aShop(), highlight: Parameters<typeof svgOf>[0]["highlight"] = null) {
  const network = networkOf(outline);
  const scene = sceneOf(network, ALL);
  return svgOf({
    network,
    scene,
    layout: layoutOf(scene),
    highlight,
    selected: null,
    scheme: "light",
    title: "Shop & Co · Revision 1",
    labelOf: ({ element }) => network.elements[element ?? -1]?.name ?? "",
    font: '"Segoe UI", sans-serif',
    widthOf,
  });
}

test("the picture has every element and every link, and needs nothing else", () => {
  const svg = drawn();
  expect(svg.match(/<rect /g)).toHaveLength(1 + 19);
  expect(svg.match(/<path [^>]*fill="none" stroke="/g)?.length).toBeGreaterThan(15);
  expect(svg).not.toMatch(/href|url\(|style=|<script/);
});

test("names are text, whatever is in them", () => {
  const svg = drawn(anOutline({ services: [{ key: "s", name: '<script>"&' }] }));
  expect(svg).toContain("&lt;script&gt;&quot;&amp;");
  expect(svg).toContain("Shop &amp; Co");
});

test("what is not lit fades", () => {
  const svg = drawn(aShop(), { nodes: new Set(["COUNTRY:US"]), links: new Set() });
  expect(svg.match(/opacity="0.2"/g)).toHaveLength(18);
});

test("a name is cut where its room ends", () => {
  expect(cut("United States", 200, widthOf)).toBe("United States");
  expect(cut("United States", 48, widthOf)).toBe("United…");
});
