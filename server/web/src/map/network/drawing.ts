import { COLOURS, type Scheme } from "../../shared/theme/colours";
import { BADGES, type BadgeKind, LOOKS } from "./kinds";
import { SIZES } from "./layout";
import type { Marks } from "./marks";
import type { SceneNode } from "./scene";

/** Sizes within a node, in pixels. */
export const GLYPH = 12;
export const PADDING = 8;
const BADGE = 12;
const DIGIT = 7;

export const FONT_SIZE = 13.5;

/** What stands on a node besides its name, as SVG of the node's size: the shape of its kind, and at its end what is wrong and
 * how many are inside. */
export function ornaments({ kind }: Pick<SceneNode, "kind">, marks: Marks, width: number, scheme: Scheme): string {
  const { colour, shape } = LOOKS[kind];
  const top = (SIZES.height - GLYPH) / 2;
  const parts = [`<path d="${shape}" transform="translate(${PADDING} ${top})" fill="${COLOURS[colour][scheme]}"/>`];
  let x = width - PADDING + 2;
  const put = (size: number, drawn: (x: number) => string) => {
    x -= size;
    parts.push(drawn(x));
    x -= 3;
  };
  if (marks.inside > 0) {
    const text = `+${marks.inside}`;
    put(DIGIT * text.length, (left) => said(text, left, COLOURS["ink-soft"][scheme]));
  }
  if (marks.gaps > 0) put(BADGE, (left) => `<g transform="translate(${left} ${top})">${badge("gap", scheme)}</g>`);
  if (marks.violations > 0) {
    put(BADGE, (left) => `<g transform="translate(${left} ${top})">${badge("violation", scheme)}</g>`);
  }
  return parts.join("");
}

/** How much of a node's width is left for its name. */
export function room(marks: Marks, width: number): number {
  const inside = marks.inside > 0 ? DIGIT * `+${marks.inside}`.length + 3 : 0;
  const badges = [marks.gaps, marks.violations].filter((count) => count > 0).length;
  return width - GLYPH - 2.5 * PADDING - inside - badges * (BADGE + 3) - PADDING / 2;
}

const said = (text: string, x: number, colour: string) =>
  `<text x="${x}" y="${SIZES.height / 2 + 4}" font-family="sans-serif" font-size="11" fill="${colour}">${text}</text>`;

function badge(kind: BadgeKind, scheme: Scheme): string {
  const { outline, isFilled, sign } = BADGES[kind];
  const [own, ground] = [COLOURS[kind][scheme], COLOURS.card[scheme]];
  const line = 'stroke-width="1.3" stroke-linecap="round" fill="none"';
  return isFilled
    ? `<path d="${outline}" fill="${own}"/><path d="${sign}" stroke="${ground}" ${line}/>`
    : `<path d="${outline}${sign}" stroke="${own}" ${line}/>`;
}

/** SVG of one node's ornaments as an address that an image can have. */
export function ornamentsAddress(node: SceneNode, marks: Marks, width: number, scheme: Scheme): string {
  // Twice its size, for screens with fine dots.
  const [wide, high] = [width * 2, SIZES.height * 2];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${width} ${SIZES.height}">${ornaments(node, marks, width, scheme)}</svg>`;
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
