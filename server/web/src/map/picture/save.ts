import type { Scheme } from "../../shared/theme/colours";
import { theme } from "../../shared/theme/theme";
import { FONT_SIZE } from "../network/drawing";
import type { Layout } from "../network/layout";
import type { Network } from "../network/network";
import type { Scene, SceneNode } from "../network/scene";
import { svgOf } from "../network/svg";
import type { Highlight } from "./Canvas";

interface Drawn {
  network: Network;
  scene: Scene;
  layout: Layout;
  highlight: Highlight | null;
  selected: string | null;
  scheme: Scheme;
  title: string;
  labelOf: (node: SceneNode) => string;
}

/** Dots for each pixel. */
const FINENESS = 2;
/** What a browser can draw at most on one side of an image. */
const DOTS_AT_MOST = 16_000;

export async function saveAsSvg(drawn: Drawn): Promise<void> {
  save(new Blob([write(drawn)], { type: "image/svg+xml" }), `${drawn.title}.svg`);
  return Promise.resolve();
}

export async function saveAsPng(drawn: Drawn): Promise<void> {
  const address = URL.createObjectURL(new Blob([write(drawn)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(FINENESS, DOTS_AT_MOST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser makes no image of that size");
    save(blob, `${drawn.title}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}

function write(drawn: Drawn): string {
  const pen = document.createElement("canvas").getContext("2d");
  const font = theme.fontFamily ?? "sans-serif";
  if (pen) pen.font = `${FONT_SIZE}px ${font}`;
  return svgOf({ ...drawn, font, widthOf: (text) => pen?.measureText(text).width ?? 0 });
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name.replace(/[\\/:*?"<>|]+/g, " ");
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
