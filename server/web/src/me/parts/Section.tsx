import { type ReactNode, useId } from "react";
import classes from "./Section.module.css";

interface SectionProps {
  title: string;
  hint?: ReactNode;
  /** Stands at the end of the heading. */
  aside?: ReactNode;
  /** The part of the address that leads here. */
  id?: string;
  children: ReactNode;
}

/** A part of a view, under a heading of its own. */
export function Section({ title, hint, aside, id, children }: SectionProps) {
  const heading = useId();
  return (
    <section className={classes.section} id={id} aria-labelledby={heading}>
      <div className={classes.head}>
        <h2 id={heading} className={classes.title}>
          {title}
        </h2>
        {aside && <span className={classes.aside}>{aside}</span>}
      </div>
      {hint && <p className={classes.hint}>{hint}</p>}
      {children}
    </section>
  );
}

/** Rows under each other on one sheet. */
export function Sheet({ children, label }: { children: ReactNode; label?: string }) {
  return (
    <ul className={classes.sheet} aria-label={label}>
      {children}
    </ul>
  );
}
