import type { ElementDefinition, StylesheetJson } from "cytoscape";
import { COLOURS, type Colour, type Scheme } from "../../shared/theme/colours";
import { theme } from "../../shared/theme/theme";
import { FONT_SIZE, GLYPH, ornamentsAddress, PADDING, room } from "../network/drawing";
import { LOOKS } from "../network/kinds";
import { type Layout, type Place, SIZES } from "../network/layout";
import { marksOf } from "../network/marks";
import { KINDS, type Network } from "../network/network";
import { everyNode, type Scene, type SceneNode } from "../network/scene";

/** Where there are more, none is seen for all the others: they are drawn for what is selected alone. */
const LINKS_AT_MOST = 2000;

export interface Cell {
  id: string;
  isLink: boolean;
  /** Whether it is drawn while nothing is selected. */
  isBehind: boolean;
  cell: ElementDefinition & { classes: string };
}

/** What cytoscape draws of a scene. `labelOf`: what stands on a node. */
export function cellsOf(
  network: Network,
  scene: Scene,
  layout: Layout,
  scheme: Scheme,
  labelOf: (node: SceneNode) => string,
): Cell[] {
  const placed = (id: string): Place => layout.places.get(id) ?? { x: 0, y: 0, width: SIZES.width };
  const kinds = new Map(
    scene.columns.flatMap(({ kind, nodes }) => everyNode(nodes).map(({ id }) => [id, kind] as const)),
  );
  const nodes = scene.columns
    .flatMap((column) => everyNode(column.nodes))
    .map((node): Cell => {
      const { x, y, width } = placed(node.id);
      const marks = marksOf(network, node);
      const data = {
        id: node.id,
        kind: node.kind,
        label: labelOf(node),
        width,
        room: room(marks, width),
        // A label at the right of its node, drawn back into it.
        back: GLYPH + 2 * PADDING - width - 1,
        ornaments: ornamentsAddress(node, marks, width, scheme),
      };
      const classes = [
        node.element === null ? "group" : "",
        marks.isNamed ? "" : "unnamed",
        marks.isStated ? "" : "unstated",
        marks.isApart ? "apart" : "",
      ].join(" ");
      const position = { x: x + width / 2, y: y + SIZES.height / 2 };
      return { id: node.id, isLink: false, isBehind: true, cell: { group: "nodes", data, classes, position } };
    });
  const links = scene.links.map((link): Cell => {
    const bow = kinds.get(link.from) === kinds.get(link.to);
    const { weights, distances } = bends(placed(link.from), placed(link.to), bow);
    const data = { id: link.id, source: link.from, target: link.to, kind: kinds.get(link.from), weights, distances };
    const isBehind = scene.links.length <= LINKS_AT_MOST;
    return { id: link.id, isLink: true, isBehind, cell: { group: "edges", data, classes: bow ? "bow" : "" } };
  });
  return [...nodes, ...links];
}

/** The bends of an S from the right of one node to the left of another, or of a bow at the right of two in one column: each by
 * how far it is along the straight line between the ends, and how far beside it. */
function bends(from: Place, to: Place, bow: boolean): { weights: number[]; distances: number[] } {
  const dx = to.x + (bow ? to.width : 0) - from.x - from.width;
  const dy = to.y - from.y;
  const points = bow
    ? [{ x: SIZES.between * 0.55, y: dy / 2 }]
    : [
        { x: dx * 0.42, y: 0 },
        { x: dx * 0.58, y: dy },
      ];
  const squared = dx * dx + dy * dy || 1;
  return {
    weights: points.map(({ x, y }) => (x * dx + y * dy) / squared),
    distances: points.map(({ x, y }) => (y * dx - x * dy) / Math.sqrt(squared)),
  };
}

/** How many links can be drawn in full without hiding one another. */
const LINKS_IN_FULL = 120;

/** How a picture with so many links looks in one of the two schemes. */
export function stylesheetOf(scheme: Scheme, links: number): StylesheetJson {
  const colour = (name: Colour): string => COLOURS[name][scheme];
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        "corner-radius": "5",
        width: "data(width)",
        height: SIZES.height,
        "background-color": colour("card"),
        "background-image": "data(ornaments)",
        "background-width": "100%",
        "background-height": "100%",
        "border-width": 1,
        "border-color": colour("line"),
        label: "data(label)",
        color: colour("ink"),
        "font-family": theme.fontFamily ?? "sans-serif",
        "font-size": FONT_SIZE,
        "min-zoomed-font-size": 4,
        "text-wrap": "ellipsis",
        "text-max-width": "data(room)",
        "text-halign": "right",
        "text-valign": "center",
        "text-margin-x": "data(back)",
        "overlay-opacity": 0,
      },
    },
    { selector: "node.group", style: { "background-color": colour("sunken"), color: colour("ink-soft") } },
    { selector: "node.unnamed", style: { "font-style": "italic" } },
    { selector: "node.unstated", style: { "border-style": "dashed", "border-color": colour("ink-soft") } },
    { selector: "node.apart", style: { "background-color": colour("paper"), color: colour("ink-soft") } },
    {
      selector: "edge",
      style: {
        width: 1.1,
        "line-color": colour("ink-soft"),
        "line-opacity": 0.34 * Math.min(1, Math.sqrt(LINKS_IN_FULL / Math.max(1, links))),
        "curve-style": "unbundled-bezier",
        "edge-distances": "endpoints",
        "control-point-weights": "data(weights)",
        "control-point-distances": "data(distances)",
        "source-endpoint": "90deg",
        "target-endpoint": "270deg",
        events: "no",
      },
    },
    { selector: "edge.bow", style: { "target-endpoint": "90deg" } },
  ] as StylesheetJson;
}

/** How what is lit looks before that: apart, since each rule is tried on each element, and most pictures have but few. */
export function litStylesheetOf(scheme: Scheme): StylesheetJson {
  const colour = (name: Colour): string => COLOURS[name][scheme];
  return [
    ...stylesheetOf(scheme, 0),
    ...KINDS.flatMap((kind): StylesheetJson => {
      const own = colour(LOOKS[kind].colour);
      return [
        { selector: `node.lit[kind="${kind}"]`, style: { "border-color": own } },
        { selector: `node.selected[kind="${kind}"]`, style: { "border-color": own, "border-width": 2.5 } },
        { selector: `edge.lit[kind="${kind}"]`, style: { "line-color": own, "line-opacity": 0.75, width: 1.6 } },
      ];
    }),
    { selector: "node.selected", style: { "font-weight": 600 } },
    {
      selector: "node.cursor",
      style: { "outline-width": 2, "outline-color": colour("accent"), "outline-offset": 2 },
    },
  ] as StylesheetJson;
}
