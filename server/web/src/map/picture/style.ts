import type { ElementDefinition, StylesheetJson } from "cytoscape";
import { COLOURS, type Colour, type Scheme } from "../../shared/theme/colours";
import { theme } from "../../shared/theme/theme";
import { FONT_SIZE, GLYPH, ornamentsAddress, PADDING, room } from "../network/drawing";
import { LOOKS } from "../network/kinds";
import { type Layout, SIZES } from "../network/layout";
import { marksOf } from "../network/marks";
import { KINDS, type Network } from "../network/network";
import { everyNode, type Scene, type SceneNode } from "../network/scene";

export interface Cell {
  id: string;
  cell: ElementDefinition & { classes: string };
}

/** The nodes of a scene as cytoscape draws them. `labelOf`: what stands on a node. */
export function cellsOf(
  network: Network,
  scene: Scene,
  layout: Layout,
  scheme: Scheme,
  labelOf: (node: SceneNode) => string,
): Cell[] {
  return scene.columns
    .flatMap((column) => everyNode(column.nodes))
    .map((node): Cell => {
      const { x, y, width } = layout.places.get(node.id) ?? { x: 0, y: 0, width: SIZES.width };
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
      return { id: node.id, cell: { group: "nodes", data, classes, position } };
    });
}

/** How nodes look in one of the two schemes. */
export function stylesheetOf(scheme: Scheme): StylesheetJson {
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
  ] as StylesheetJson;
}

/** How what is lit looks before that: apart, since each rule is tried on each element, and most pictures have but few. */
export function litStylesheetOf(scheme: Scheme): StylesheetJson {
  const colour = (name: Colour): string => COLOURS[name][scheme];
  return [
    ...stylesheetOf(scheme),
    ...KINDS.flatMap((kind): StylesheetJson => {
      const own = colour(LOOKS[kind].colour);
      return [
        { selector: `node.lit[kind="${kind}"]`, style: { "border-color": own } },
        { selector: `node.selected[kind="${kind}"]`, style: { "border-color": own, "border-width": 2.5 } },
      ];
    }),
    { selector: "node.selected", style: { "font-weight": 600 } },
    {
      selector: "node.cursor",
      style: { "outline-width": 2, "outline-color": colour("accent"), "outline-offset": 2 },
    },
  ] as StylesheetJson;
}
