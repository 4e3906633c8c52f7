import { createTheme, Drawer, Menu, Modal, Popover, Tooltip } from "@mantine/core";
import { DARK, GLASS, GRAY } from "./colours.ts";

// Fonts of the system, those first whose letters are as wide as those of most others.
const LETTERS =
  'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';

// Modal and Drawer would write a stylesheet into the page to stop it from scrolling, which its policy forbids.
const UNLOCKED = { lockScroll: false };
const AT_ONCE = { transitionProps: { duration: 80 } };

export const theme = createTheme({
  colors: { glass: GLASS, gray: GRAY, dark: DARK },
  primaryColor: "glass",
  primaryShade: { light: 7, dark: 6 },
  black: "#1d272b",
  fontFamily: LETTERS,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontFamily: LETTERS, fontWeight: "600" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({ defaultProps: UNLOCKED }),
    Drawer: Drawer.extend({ defaultProps: UNLOCKED }),
    // Where the menu's button is there is its landmark; and the focus comes to the first item, with nothing but items within.
    Menu: Menu.extend({ defaultProps: { ...AT_ONCE, withinPortal: false, withInitialFocusPlaceholder: false } }),
    Popover: Popover.extend({ defaultProps: AT_ONCE }),
    Tooltip: Tooltip.extend({ defaultProps: { ...AT_ONCE, openDelay: 300 } }),
  },
});
