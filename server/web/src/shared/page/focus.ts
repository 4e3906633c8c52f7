/** Gives the focus to a place if what had it is gone, so that keys go on from there. */
export function takeLostFocus(place: HTMLElement | null | undefined): void {
  if (document.activeElement === document.body) place?.focus({ preventScroll: true });
}
