import type { Core } from "cytoscape";
import { COLOURS, type Scheme } from "../../shared/theme/colours";
import { LOOKS } from "../network/kinds";
import { type Layout, SIZES } from "../network/layout";
import type { Kind } from "../network/network";
import { everyNode, type Scene } from "../network/scene";
import { pathOf } from "../network/svg";

/** Where there are more, none is seen for all the others: they are drawn for what is selected alone. */
const LINKS_AT_MOST = 2000;
/** How many can be drawn in full without hiding one another. */
const LINKS_IN_FULL = 120;

/** A link as it is drawn. Not by cytoscape, to which a link is as dear as a node, while nobody can point at one. */
export interface Stroke {
  id: string;
  /** Of where it begins. */
  kind: Kind;
  path: Path2D;
  top: number;
  bottom: number;
}

export function strokesOf(scene: Scene, { places }: Layout): Stroke[] {
  const kinds = new Map(
    scene.columns.flatMap(({ kind, nodes }) => everyNode(nodes).map(({ id }) => [id, kind] as const)),
  );
  return scene.links.flatMap(({ id, from, to }) => {
    const [begin, end, kind] = [places.get(from), places.get(to), kinds.get(from)];
    if (!begin || !end || !kind) return [];
    const path = new Path2D(pathOf(begin, end, kind === kinds.get(to)));
    const [top, bottom] = [Math.min(begin.y, end.y), Math.max(begin.y, end.y) + SIZES.height];
    return [{ id, kind, path, top, bottom }];
  });
}

/** Draws all links where cytoscape shows the nodes. */
export function drawBehind(
  canvas: HTMLCanvasElement | null,
  cy: Core,
  strokes: readonly Stroke[],
  scheme: Scheme,
): void {
  const pen = penFor(canvas, cy);
  if (!pen || strokes.length > LINKS_AT_MOST) return;
  pen.lineWidth = 1.1;
  pen.strokeStyle = COLOURS["ink-soft"][scheme];
  pen.globalAlpha = 0.34 * Math.min(1, Math.sqrt(LINKS_IN_FULL / Math.max(1, strokes.length)));
  for (const { path } of seen(strokes, cy)) pen.stroke(path);
}

/** Draws those that are lit. */
export function drawLit(canvas: HTMLCanvasElement | null, cy: Core, strokes: readonly Stroke[], scheme: Scheme): void {
  const pen = penFor(canvas, cy);
  if (!pen) return;
  pen.lineWidth = 1.6;
  pen.globalAlpha = 0.75;
  for (const { kind, path } of seen(strokes, cy)) {
    pen.strokeStyle = COLOURS[LOOKS[kind].colour][scheme];
    pen.stroke(path);
  }
}

function seen(strokes: readonly Stroke[], cy: Core): Stroke[] {
  const { y1, y2 } = cy.extent();
  return strokes.filter(({ top, bottom }) => top < y2 && bottom > y1);
}

/** What draws on a canvas, emptied, in the units of a picture. */
function penFor(canvas: HTMLCanvasElement | null, cy: Core): CanvasRenderingContext2D | null {
  const pen = canvas?.getContext("2d");
  if (!canvas || !pen) return null;
  const dots = window.devicePixelRatio;
  const [width, height] = [Math.round(cy.width() * dots), Math.round(cy.height() * dots)];
  if (canvas.width === width && canvas.height === height) pen.reset();
  else Object.assign(canvas, { width, height });
  const { x, y } = cy.pan();
  const scale = cy.zoom() * dots;
  pen.setTransform(scale, 0, 0, scale, x * dots, y * dots);
  return pen;
}
