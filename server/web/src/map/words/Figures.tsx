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

/** A part of a view, with a heading. */
export function Part({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h2>{title}</h2>
      {note && <p className={classes.note}>{note}</p>}
      {children}
    </section>
  );
}
