import { findText, t } from "../../shared/texts";
import type { Colour } from "../../shared/theme/colours";
import type { Kind } from "./network";

interface Look {
  colour: Colour;
  /** Its shape in a square of 12, as the path of an SVG: told apart without colour. */
  shape: string;
}

export const LOOKS: Record<Kind, Look> = {
  SOURCE: { colour: "source", shape: "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z" },
  SERVICE: { colour: "service", shape: "M2.5 1.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z" },
  DATA_CATEGORY: { colour: "category", shape: "M6 .6 11.4 6 6 11.4.6 6Z" },
  PURPOSE: { colour: "purpose", shape: "M6 1.2 11.4 10.8H.6Z" },
  RECIPIENT: { colour: "recipient", shape: "M3.2 1.1h5.6L11.6 6 8.8 10.9H3.2L.4 6Z" },
  COUNTRY: { colour: "country", shape: "M1.5 .8h1.4v.8h8l-1.9 2.9 1.9 2.9h-8v4H1.5Z" },
};

/** Marks of what is wrong, as outlines in a square of 12: a filled octagon that breaks a rule, a ring where something is not said. */
export const BADGES = {
  violation: { outline: "M3.8.7h4.4l3.1 3.1v4.4l-3.1 3.1H3.8L.7 8.2V3.8Z", isFilled: true, sign: "M6 3v3.4M6 8.1v.9" },
  gap: {
    outline: "M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z",
    isFilled: false,
    sign: "M4.6 4.9a1.45 1.45 0 1 1 2.1 1.3c-.45.2-.7.4-.7.9M6 8.4v.7",
  },
} as const;

export type BadgeKind = keyof typeof BADGES;

export const kindName = (kind: Kind): string => t(`kind.${kind}`);
export const kindsName = (kind: Kind): string => t(`kinds.${kind}`);

/** What a detail of an element says: the kind of a recipient, a country's adequacy, and so on; empty for a service. */
export const detailName = (detail: string): string => (detail ? (findText(`detail.${detail}`) ?? detail) : "");
