import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { COLOURS } from "./colours.ts";
import { theme } from "./theme.ts";

/** The stylesheet that Mantine would write into the page, and the colours of meaning. */
export function themeVariables(): string {
  const own = Object.entries(COLOURS).map(([name, { light, dark }]) => `--${name}: light-dark(${light}, ${dark});`);
  const given = convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)), ":root");
  return `${given}\n:root { ${own.join(" ")} }\n`;
}
