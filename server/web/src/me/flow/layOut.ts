import type { Flow, FlowEdge, FlowKind, FlowNode } from "./flow";

export interface Placed extends FlowNode {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The name in as many lines as there is room for. */
  lines: readonly string[];
}

export interface Drawn {
  width: number;
  height: number;
  /** Narrow: all in one column, with the lines beside it. */
  isStacked: boolean;
  headings: readonly { kind: FlowKind; x: number; y: number }[];
  nodes: readonly Placed[];
  edges: readonly (FlowEdge & { path: string })[];
}

const KINDS: readonly FlowKind[] = ["you", "service", "recipient", "country"];
/** Of the width that is left beside the gaps. */
const SHARES: Record<FlowKind, number> = { you: 0.08, service: 0.26, recipient: 0.42, country: 0.24 };
const COLUMNS_FROM = 640;
const GAP = 64;
const GUTTER = 84;
const ROW = 8;
const HEADING = 28;
const PADDING = 12;
const LINE = 17;
const LINES_AT_MOST = 2;
/** Of the letters of all fonts that the page may be shown in: rather too wide, for what does not fit is cut off. */
const LETTER = 6.9;

/** Where everything stands, for a width in CSS pixels. */
export function layOut(flow: Flow, width: number): Drawn {
  return width < COLUMNS_FROM ? stacked(flow, width) : inColumns(flow, width);
}

function inColumns(flow: Flow, width: number): Drawn {
  const columns = KINDS.map((kind) => flow.nodes.filter((node) => node.kind === kind));
  const heights = columns.map((nodes) => nodes.length * (heightOf(LINES_AT_MOST) + ROW) - ROW);
  const height = Math.max(...heights) + HEADING;
  const left = width - GAP * (KINDS.length - 1);
  const headings: Drawn["headings"][number][] = [];
  const nodes: Placed[] = [];
  let x = 0;
  for (const [index, kind] of KINDS.entries()) {
    const wide = Math.floor(left * SHARES[kind]);
    if (kind !== "you" && columns[index]?.length) headings.push({ kind, x, y: 14 });
    let y = HEADING + (height - HEADING - (heights[index] ?? 0)) / 2;
    for (const node of columns[index] ?? []) {
      nodes.push(placed(node, x, y, wide, heightOf(LINES_AT_MOST)));
      y += heightOf(LINES_AT_MOST) + ROW;
    }
    x += wide + GAP;
  }
  return { width, height, isStacked: false, headings, nodes, edges: joined(flow, nodes, across) };
}

function stacked(flow: Flow, width: number): Drawn {
  const headings: Drawn["headings"][number][] = [];
  const nodes: Placed[] = [];
  let y = 0;
  for (const kind of KINDS) {
    const ofKind = flow.nodes.filter((node) => node.kind === kind);
    if (kind !== "you" && ofKind.length) {
      headings.push({ kind, x: GUTTER, y: y + 22 });
      y += HEADING + 4;
    }
    for (const node of ofKind) {
      const lines = linesOf(node.name, width - GUTTER);
      nodes.push(placed(node, GUTTER, y, width - GUTTER, heightOf(lines.length)));
      y += heightOf(lines.length) + ROW;
    }
  }
  return { width, height: Math.max(0, y - ROW), isStacked: true, headings, nodes, edges: joined(flow, nodes, beside) };
}

const heightOf = (lines: number): number => lines * LINE + PADDING;

const placed = (node: FlowNode, x: number, y: number, width: number, height: number): Placed => ({
  ...node,
  x,
  y,
  width,
  height,
  lines: linesOf(node.name, width),
});

function joined(flow: Flow, nodes: readonly Placed[], path: (from: Placed, to: Placed) => string) {
  const found = new Map(nodes.map((node) => [node.id, node]));
  return flow.edges.flatMap((edge) => {
    const from = found.get(edge.from);
    const to = found.get(edge.to);
    return from && to ? [{ ...edge, path: path(from, to) }] : [];
  });
}

/** From the right of one to the left of the other. */
function across(from: Placed, to: Placed): string {
  const [x, y, goal] = [from.x + from.width, from.y + from.height / 2, to.y + to.height / 2];
  const half = (to.x - x) / 2;
  return `M${x} ${y}C${x + half} ${y} ${x + half} ${goal} ${to.x} ${goal}`;
}

/** From left to left, the further apart the wider. */
function beside(from: Placed, to: Placed): string {
  const [y, goal] = [from.y + from.height / 2, to.y + to.height / 2];
  const bulge = GUTTER - Math.min(GUTTER - 4, 20 + (goal - y) / 8);
  return `M${from.x} ${y}C${bulge} ${y} ${bulge} ${goal} ${to.x} ${goal}`;
}

/** Words in lines of a width, cut off after the last that there is room for. */
export function linesOf(name: string, width: number): string[] {
  const room = Math.max(4, Math.floor((width - 2 * PADDING) / LETTER));
  const lines: string[] = [];
  let line = "";
  for (const word of name.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (longer.length <= room || !line) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const shown = lines.slice(0, LINES_AT_MOST).map((each) => cut(each, room));
  const end = shown.at(-1);
  if (lines.length > LINES_AT_MOST && end !== undefined) shown[shown.length - 1] = ended(end, room);
  return shown;
}

/** Without the words that there is no room for beside the sign that some are missing. */
function ended(line: string, room: number): string {
  let kept = line;
  while (kept.length + 2 > room && kept.includes(" ")) kept = kept.slice(0, kept.lastIndexOf(" "));
  return kept.length + 2 > room ? cut(`${kept}…`, room) : `${kept} …`;
}

const cut = (word: string, room: number): string => (word.length <= room ? word : `${word.slice(0, room - 1)}…`);
