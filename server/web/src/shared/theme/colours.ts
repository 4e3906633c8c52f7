import type { MantineColorsTuple } from "@mantine/core";

/** The colour of what can be clicked: the green of glass seen from its edge. */
export const GLASS: MantineColorsTuple = [
  "#ebf5f5",
  "#d5e8e9",
  "#a9d0d3",
  "#7ab6bb",
  "#559fa6",
  "#358790",
  "#1f6f79",
  "#155b65",
  "#0f4b54",
  "#0a3a41",
];

export const GRAY: MantineColorsTuple = [
  "#f7f7f5",
  "#f0f0ed",
  "#e5e5e1",
  "#d8d9d4",
  "#c2c5c1",
  "#9ba19f",
  "#68706f",
  "#525a5b",
  "#394143",
  "#20282b",
];

export const DARK: MantineColorsTuple = [
  "#e3e9ea",
  "#c4cdd0",
  "#a2aeb3",
  "#7d8b91",
  "#3d494f",
  "#303b41",
  "#20292e",
  "#182025",
  "#12191d",
  "#0c1114",
];

export type Scheme = "light" | "dark";

/** Colours of meaning, on light and on dark. Stylesheets have each as `--name`; a canvas asks here. */
export const COLOURS = {
  paper: { light: "#f6f6f3", dark: "#12191d" },
  card: { light: "#ffffff", dark: "#182025" },
  sunken: { light: "#eeeeea", dark: "#0e1417" },
  line: { light: "#dfe0da", dark: "#2d383e" },
  ink: { light: "#1d272b", dark: "#e3e9ea" },
  "ink-soft": { light: "#566064", dark: "#a2aeb3" },
  accent: { light: "#155b65", dark: "#7ab6bb" },
  violation: { light: "#a4262c", dark: "#f08a8a" },
  gap: { light: "#85590a", dark: "#e0b45c" },
  good: { light: "#2c6b3f", dark: "#83c796" },
  added: { light: "#2c6b3f", dark: "#83c796" },
  removed: { light: "#a4262c", dark: "#f08a8a" },
  altered: { light: "#85590a", dark: "#e0b45c" },
  source: { light: "#59666e", dark: "#a9b6bd" },
  service: { light: "#2f5d9b", dark: "#8ab4ec" },
  category: { light: "#13766b", dark: "#62c4b6" },
  purpose: { light: "#8f5a10", dark: "#dfae62" },
  recipient: { light: "#963a70", dark: "#e28fbd" },
  country: { light: "#5c6a1c", dark: "#b2c267" },
} as const satisfies Record<string, Record<Scheme, string>>;

export type Colour = keyof typeof COLOURS;
