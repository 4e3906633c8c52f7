import type { ReactNode } from "react";
import { Badge } from "../network/Glyph";
import type { BadgeKind } from "../network/kinds";
import classes from "./Figures.module.css";

interface Figure {
  title: string;
  value: string;
  /** What the figure is of, in smaller letters: `of 172`. */
  of?: string;
  badge?: BadgeKind | undefined;
}

/** A few numbers that sum up what follows. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ title, value, of, badge }) => (
        <div key={title}>
          <dt>
            {badge && <Badge of={badge} size={13} />} {title}
          </dt>
          <dd>
            {value} {of && <small>{of}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface PartProps {
  title: string;
  note?: ReactNode;
  /** Within a part of a view, such as a panel. */
  small?: boolean;
  /** Whether readers of screens can jump there. */
  isRegion?: boolean;
  children: ReactNode;
}

/** A part of a view, with a heading. */
export function Part({ title, note, small = false, isRegion = false, children }: PartProps) {
  const Heading = small ? "h3" : "h2";
  return (
    <section className={small ? classes.small : classes.part} {...(isRegion ? { "aria-label": title } : {})}>
      <Heading>{title}</Heading>
      {note && <p className={classes.note}>{note}</p>}
      {children}
    </section>
  );
}
