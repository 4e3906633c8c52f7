import { useWindowEvent } from "@mantine/hooks";
import { useState } from "react";

/** Whether a menu or a popover is open, for its `opened` and `onChange`.
 *
 * Escape closes it wherever the focus is: Mantine hears it within what is open alone, where the focus comes late or never.
 */
export function useOpen() {
  const [opened, onChange] = useState(false);
  useWindowEvent("keydown", ({ key }) => {
    if (key === "Escape") onChange(false);
  });
  return { opened, onChange };
}
