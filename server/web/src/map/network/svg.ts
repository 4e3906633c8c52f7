import { COLOURS, type Colour, type Scheme } from "../../shared/theme/colours";
import { FONT_SIZE, GLYPH, ornaments, PADDING, room } from "./drawing";
import { kindsName, LOOKS } from "./kinds";
import { type Layout, type Place, SIZES } from "./layout";
import { marksOf } from "./marks";
import type { Network } from "./network";
import { everyNode, type Scene, type SceneLink, type SceneNode } from "./scene";

export interface Picture {
  network: Network;
  scene: Scene;
  layout: Layout;
  highlight: { nodes: ReadonlySet<string>; links: ReadonlySet<string> } | null;
  selected: string | null;
  scheme: Scheme;
  title: string;
  labelOf: (node: SceneNode) => string;
  /** Names of font families. */
  font: string;
  /** How wide a text is, in pixels, in the size of names. */
  widthOf: (text: string) => number;
}

const MARGIN = 24;
const HEAD = 64;

/** The whole picture as an SVG file that needs nothing else. */
export function svgOf(picture: Picture): string {
  const { scene, layout, scheme, title, font } = picture;
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + HEAD + 2 * MARGIN];
  const colour = (name: Colour) => COLOURS[name][scheme];
  const nodes = scene.columns.flatMap((column) => everyNode(column.nodes));
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  // What is lit lies above what is not.
  const links = [...scene.links].sort((one, other) => Number(isLit(picture, one)) - Number(isLit(picture, other)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(font)}" font-size="${FONT_SIZE}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colour("paper")}"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 10}" font-size="17" font-weight="600" fill="${colour("ink")}">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + HEAD})">`,
    ...scene.columns.map(({ kind }, column) => {
      const { shape, colour: own } = LOOKS[kind];
      const x = layout.columns[column] ?? 0;
      return `<path d="${shape}" transform="translate(${x} -27)" fill="${colour(own)}"/><text x="${x + GLYPH + 6}" y="-16.5" font-weight="600" fill="${colour("ink")}">${escaped(kindsName(kind))}</text>`;
    }),
    ...links.map((link) => linkIn(picture, link, kinds)),
    ...nodes.map((node) => nodeIn(picture, node)),
    "</g></svg>",
  ].join("\n");
}

const isLit = ({ highlight }: Picture, { id }: SceneLink): boolean => highlight?.links.has(id) ?? false;

function linkIn(picture: Picture, link: SceneLink, kinds: ReadonlyMap<string, SceneNode["kind"]>): string {
  const { layout, highlight, scheme } = picture;
  const [from, to, kind] = [layout.places.get(link.from), layout.places.get(link.to), kinds.get(link.from)];
  if (!from || !to || !kind) return "";
  const lit = isLit(picture, link);
  const colour = COLOURS[lit ? LOOKS[kind].colour : "ink-soft"][scheme];
  const opacity = lit ? 0.75 : highlight ? 0.05 : 0.32;
  const path = pathOf(from, to, kind === kinds.get(link.to));
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${lit ? 1.6 : 1.1}"/>`;
}

/** An S from the right of one to the left of the other; between two of a column a bow at their right. */
export function pathOf(from: Place, to: Place, bow: boolean): string {
  const middle = SIZES.height / 2;
  const [x1, y1] = [from.x + from.width, from.y + middle];
  const [x2, y2] = [to.x + (bow ? to.width : 0), to.y + middle];
  const bend = bow ? SIZES.between * 0.7 : (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 + (bow ? bend : -bend)} ${y2} ${x2} ${y2}`;
}

function nodeIn(picture: Picture, node: SceneNode): string {
  const { network, layout, highlight, selected, scheme, labelOf, widthOf } = picture;
  const place = layout.places.get(node.id);
  if (!place) return "";
  const colour = (name: Colour) => COLOURS[name][scheme];
  const marks = marksOf(network, node);
  const [lit, isSelected] = [highlight?.nodes.has(node.id) ?? false, node.id === selected];
  const own = colour(LOOKS[node.kind].colour);
  const ground = colour(node.element === null ? "sunken" : marks.isApart ? "paper" : "card");
  const border = lit || isSelected ? own : colour(marks.isStated ? "line" : "ink-soft");
  const ink = colour(node.element === null || marks.isApart ? "ink-soft" : "ink");
  const name = cut(labelOf(node), room(marks, place.width), widthOf);
  return [
    `<g transform="translate(${place.x} ${place.y})"${highlight && !lit && !isSelected ? ' opacity="0.2"' : ""}>`,
    `<rect width="${place.width}" height="${SIZES.height}" rx="5" fill="${ground}" stroke="${border}" stroke-width="${isSelected ? 2.5 : 1}"${marks.isStated ? "" : ' stroke-dasharray="4 3"'}/>`,
    ornaments(node, marks, place.width, scheme),
    `<text x="${GLYPH + 2 * PADDING - 1}" y="${SIZES.height / 2 + 4.4}" fill="${ink}"${isSelected ? ' font-weight="600"' : ""}${marks.isNamed ? "" : ' font-style="italic"'}>${escaped(name)}</text>`,
    "</g>",
  ].join("");
}

/** As much of a text as there is room for. */
export function cut(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  let [fits, over] = [0, text.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`) <= room) fits = middle;
    else over = middle;
  }
  return `${text.slice(0, fits).trimEnd()}…`;
}

const ESCAPES: Partial<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
