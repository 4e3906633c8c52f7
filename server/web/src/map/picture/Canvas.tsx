import cytoscape, { type Core, type EventObjectNode } from "cytoscape";
import { type RefObject, useEffect, useEffectEvent, useImperativeHandle, useMemo, useRef } from "react";
import type { Scheme } from "../../shared/theme/colours";
import { type Layout, SIZES } from "../network/layout";
import type { Network } from "../network/network";
import type { Scene, SceneNode } from "../network/scene";
import classes from "./Canvas.module.css";
import { drawBehind, drawLit, strokesOf } from "./strokes";
import { cellsOf, litStylesheetOf, stylesheetOf } from "./style";

/** The mark that is set when a picture is first drawn, for whoever measures. */
const DRAWN = "map-drawn";
const ZOOM = { min: 0.12, max: 2.5, step: 1.3 };
/** How large a picture is at first. Below the least names cannot be read: what does not fit is then moved to, not shrunk. */
export const AT_FIRST = { least: 0.7, most: 1.1 };
const MARGIN = 16;
/** Of the headings that stand above the columns. */
const HEADINGS = 44;

/** What is left of a frame for the picture. */
export const roomIn = ({ width, height }: { width: number; height: number }) => ({
  width: width - 2 * MARGIN,
  height: height - HEADINGS - MARGIN,
});

/** Where the picture stands in its frame: `x` and `y` of its corner in pixels of the screen. */
export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

export interface CanvasHandle {
  zoom: (by: "in" | "out") => void;
  /** All of the picture, readable or not. */
  showAll: () => void;
  /** Moves the picture as far as it takes to see a node. */
  reveal: (id: string) => void;
}

export interface Highlight {
  nodes: ReadonlySet<string>;
  links: ReadonlySet<string>;
}

interface CanvasProps {
  network: Network;
  scene: Scene;
  layout: Layout;
  scheme: Scheme;
  labelOf: (node: SceneNode) => string;
  /** What is lit while the rest fades; null: nothing is. */
  highlight: Highlight | null;
  selected: string | null;
  /** The node that the keyboard is at. */
  cursor: string | null;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  onHover: (id: string | null) => void;
  onViewport: (viewport: Viewport) => void;
  ref: RefObject<CanvasHandle | null>;
}

/** A scene on canvases: its links, and before them its nodes, drawn by cytoscape; and before these again what is lit, so that
 * lighting up draws no more than that.
 *
 * Not seen by readers of screens: who shows it says in words what it shows.
 */
export function Canvas(props: CanvasProps) {
  const { network, scene, layout, scheme, labelOf, highlight, selected, cursor, ref } = props;
  const backPlace = useRef<HTMLDivElement>(null);
  const frontPlace = useRef<HTMLDivElement>(null);
  const back = useRef<Core>(null);
  /** There once anything is lit. */
  const front = useRef<Core>(null);
  const backLinks = useRef<HTMLCanvasElement>(null);
  const frontLinks = useRef<HTMLCanvasElement>(null);
  /** Whether somebody has chosen what is seen: until then it is the whole picture, as far as that can be read. */
  const isMoved = useRef(false);
  const onSelect = useEffectEvent(props.onSelect);
  const onOpen = useEffectEvent(props.onOpen);
  const onHover = useEffectEvent(props.onHover);
  const onViewport = useEffectEvent(props.onViewport);
  const keepInSight = useEffectEvent((cy: Core) => {
    if (selected !== null) reveal(cy, selected);
  });
  const cells = useMemo(
    () => cellsOf(network, scene, layout, scheme, labelOf),
    [network, scene, layout, scheme, labelOf],
  );
  const strokes = useMemo(() => strokesOf(scene, layout), [scene, layout]);
  const lit = useMemo(() => strokes.filter(({ id }) => highlight?.links.has(id)), [strokes, highlight]);
  const drawLinks = useEffectEvent((cy: Core) => {
    drawBehind(backLinks.current, cy, strokes, scheme);
    drawLit(frontLinks.current, cy, lit, scheme);
  });

  useEffect(() => {
    if (!backPlace.current) return;
    const below = begin(backPlace.current);
    back.current = below;
    // With the nodes, in one frame.
    below.on("render", () => drawLinks(below));
    below.on("tap", (event) => event.target === below && onSelect(null));
    below.on("onetap", "node", (event: EventObjectNode) => onSelect(event.target.id()));
    below.on("dbltap", "node", (event: EventObjectNode) => onOpen(event.target.id()));
    below.on("mouseover", "node", (event: EventObjectNode) => onHover(event.target.id()));
    below.on("mouseout", "node", () => onHover(null));
    below.on("viewport resize", () => {
      const viewport = { pan: below.pan(), zoom: below.zoom() };
      front.current?.viewport(viewport);
      onViewport({ ...viewport.pan, zoom: viewport.zoom });
    });
    // What stands beside the picture may come and go with what is selected.
    below.on("resize", () => keepInSight(below));
    const moved = () => {
      isMoved.current = true;
    };
    below.on("dragpan pinchzoom scrollzoom", moved);
    moveByWheel(backPlace.current, below, moved);
    return () => {
      back.current = null;
      below.destroy();
      front.current?.destroy();
      front.current = null;
    };
  }, []);

  useEffect(() => {
    const cy = back.current;
    if (!cy) return;
    const isFirst = cy.elements().empty();
    cy.elements().remove();
    cy.style(stylesheetOf(scheme));
    cy.add(cells.map(({ cell }) => cell));
    // Of another picture nothing may lie where somebody moved to.
    if (!isMoved.current || !isInSight(cy, layout)) {
      isMoved.current = false;
      show(cy, layout, AT_FIRST.least);
      keepInSight(cy);
    }
    if (isFirst) cy.one("render", () => void performance.mark(DRAWN));
  }, [cells, scheme, layout]);

  useEffect(() => {
    if (back.current && selected !== null) reveal(back.current, selected);
  }, [selected]);

  useEffect(() => {
    if (back.current) drawLit(frontLinks.current, back.current, lit, scheme);
  }, [lit, scheme]);

  useEffect(() => {
    const drawn = cells.flatMap(({ id, cell }) => {
      const isLit = highlight?.nodes.has(id) ?? false;
      const own = [isLit && "lit", id === selected && "selected", id === cursor && "cursor"].filter(Boolean);
      return own.length > 0 ? [{ ...cell, classes: [cell.classes, ...own].join(" ") }] : [];
    });
    if (!back.current || !frontPlace.current || (drawn.length === 0 && !front.current)) return;
    front.current ??= begin(frontPlace.current, back.current);
    front.current.elements().remove();
    front.current.style(litStylesheetOf(scheme));
    front.current.add(drawn);
  }, [cells, scheme, highlight, selected, cursor]);

  const move = (by: (cy: Core) => void) => {
    isMoved.current = true;
    if (back.current) by(back.current);
  };
  useImperativeHandle(ref, () => ({
    zoom: (by) => move((cy) => zoomBy(cy, by === "in" ? ZOOM.step : 1 / ZOOM.step)),
    showAll: () => move((cy) => show(cy, layout, ZOOM.min)),
    reveal: (id) => move((cy) => reveal(cy, id)),
  }));

  return (
    <div aria-hidden>
      <div className={highlight ? classes.faded : classes.layer}>
        <canvas ref={backLinks} className={classes.links} />
        <div ref={backPlace} className={classes.nodes} />
      </div>
      {highlight && <canvas ref={frontLinks} className={classes.links} />}
      <div ref={frontPlace} className={classes.front} />
    </div>
  );
}

/** `as`: another that it stands before. */
function begin(container: HTMLElement, as?: Core): Core {
  // cytoscape would write a stylesheet into the page, which its policy forbids, unless it finds it there.
  const written = "__________cytoscape_stylesheet";
  if (!document.getElementById(written)) {
    const stand = document.createElement("meta");
    stand.id = written;
    document.head.append(stand);
  }
  return cytoscape({
    container,
    minZoom: ZOOM.min,
    maxZoom: ZOOM.max,
    autoungrabify: true,
    autounselectify: true,
    boxSelectionEnabled: false,
    layout: { name: "preset" },
    ...(as && { pan: as.pan(), zoom: as.zoom() }),
  });
}

/** A wheel moves the picture, as it does everything else; with Control, or by two fingers, it zooms. */
function moveByWheel(container: HTMLElement, cy: Core, moved: () => void): void {
  const move = (event: WheelEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    moved();
    cy.panBy(event.shiftKey ? { x: -event.deltaY, y: 0 } : { x: -event.deltaX, y: -event.deltaY });
  };
  container.addEventListener("wheel", move, { capture: true, passive: false });
}

/** Shows a picture from its left upper corner on, as large as fits, but not below `least`. */
function show(cy: Core, layout: Layout, least: number): void {
  const { width, height } = roomIn({ width: cy.width(), height: cy.height() });
  if (width <= 0 || height <= 0 || layout.width === 0) return;
  const zoom = Math.max(least, Math.min(width / layout.width, height / layout.height, AT_FIRST.most));
  const x = MARGIN + Math.max(0, (width - layout.width * zoom) / 2);
  cy.viewport({ zoom, pan: { x, y: HEADINGS } });
}

/** Whether any node lies in the frame. */
function isInSight(cy: Core, { places }: Layout): boolean {
  const { x1, y1, x2, y2 } = cy.extent();
  return [...places.values()].some(({ x, y, width }) => x < x2 && x + width > x1 && y < y2 && y + SIZES.height > y1);
}

function zoomBy(cy: Core, factor: number): void {
  cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
}

function reveal(cy: Core, id: string): void {
  const node = cy.getElementById(id);
  if (node.empty()) return;
  const box = node.renderedBoundingBox({ includeLabels: false });
  const by = {
    x: Math.max(0, MARGIN - box.x1) || Math.min(0, cy.width() - MARGIN - box.x2),
    y: Math.max(0, HEADINGS - box.y1) || Math.min(0, cy.height() - MARGIN - box.y2),
  };
  if (by.x !== 0 || by.y !== 0) cy.panBy(by);
}
