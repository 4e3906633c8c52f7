import { type ReactNode, useEffect, useId, useRef } from "react";
import { useLocation } from "react-router";
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
  const place = useRef<HTMLElement>(null);
  const { hash } = useLocation();
  const isMeant = id !== undefined && hash === `#${id}`;
  useEffect(() => {
    if (!isMeant) return;
    place.current?.scrollIntoView();
    place.current?.focus({ preventScroll: true });
  }, [isMeant]);
  return (
    <section ref={place} className={classes.section} id={id} tabIndex={id ? -1 : undefined} aria-labelledby={heading}>
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
export function Sheet({ children }: { children: ReactNode }) {
  return <ul className="rows-on-a-card">{children}</ul>;
}
