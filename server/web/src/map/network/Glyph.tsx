import { BADGES, type BadgeKind, LOOKS } from "./kinds";
import type { Kind } from "./network";

/** The shape of a kind in its colour. */
export function Glyph({ kind, size = 12 }: { kind: Kind; size?: number }) {
  const { shape, colour } = LOOKS[kind];
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
      style={{ flex: "none", color: `var(--${colour})` }}
    >
      <path d={shape} fill="currentColor" />
    </svg>
  );
}

/** The mark of what breaks a rule, or is not said. */
export function Badge({ of, size = 12 }: { of: BadgeKind; size?: number }) {
  const { outline, isFilled, sign } = BADGES[of];
  const line = { fill: "none", strokeWidth: 1.3, strokeLinecap: "round" } as const;
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
      style={{ flex: "none", color: `var(--${of})` }}
    >
      <path d={outline} {...(isFilled ? { fill: "currentColor" } : { ...line, stroke: "currentColor" })} />
      <path d={sign} {...line} stroke={isFilled ? "var(--card)" : "currentColor"} />
    </svg>
  );
}
