import type { ReactNode } from "react";
import classes from "./Reading.module.css";

interface ReadingProps {
  title: string;
  /** What the view answers, in a sentence. */
  intro?: ReactNode;
  /** Buttons at the end of the heading. */
  actions?: ReactNode;
  /** As wide as the window, for tables and for two things side by side. */
  wide?: boolean;
  children: ReactNode;
}

/** A view that is read from above to below: its heading, and what follows. */
export function Reading({ title, intro, actions, wide = false, children }: ReadingProps) {
  return (
    <div className={wide ? classes.wide : classes.reading}>
      <div className={classes.head}>
        <div>
          <h1 className={classes.title}>{title}</h1>
          {intro && <p className={classes.intro}>{intro}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
