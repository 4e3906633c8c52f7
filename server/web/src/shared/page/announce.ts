const ID = "announcements";

/** The place where readers of screens listen. One on each page. */
export const ANNOUNCEMENTS = { id: ID, role: "status", "aria-live": "polite", "aria-atomic": true } as const;

let waiting: ReturnType<typeof setTimeout> | undefined;

/** Tells readers of screens what others see: how many rows a filter left, say. */
export function announce(text: string): void {
  const place = document.getElementById(ID);
  if (!place) return;
  // What stands there already would not be read again, and of several at once only the last counts.
  place.textContent = "";
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    place.textContent = text;
  }, 150);
}
