import type { ReactNode } from "react";
import { useSeen } from "./useSeen";
import classes from "./words.module.css";

/** Rows of a list that stands whole. One with more scrolls by itself, and what is in sight of it is drawn. */
const WHOLE_ROWS_AT_MOST = 60;

interface SeenListProps<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** What it lists, for readers of screens. */
  label: string;
  className: string | undefined;
  /** Of a row in pixels, until it is drawn. */
  height: number;
  children: (row: Row) => ReactNode;
}

export function SeenList<Row>(props: SeenListProps<Row>) {
  const { rows, keyOf, className, children } = props;
  if (rows.length > WHOLE_ROWS_AT_MOST) return <LongList {...props} />;
  return (
    <ul className={className}>
      {rows.map((row) => (
        <li key={keyOf(row)}>{children(row)}</li>
      ))}
    </ul>
  );
}

function LongList<Row>({ rows, keyOf, label, className = "", height, children }: SeenListProps<Row>) {
  const { scroller, measured, among } = useSeen(rows.map(keyOf), () => height, -1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it
    <ul {...scroller} className={`${className} ${classes.long}`} tabIndex={0} aria-label={label}>
      {among(0, rows.length).map((seen) => {
        if (seen.index === undefined) {
          return <li key={`before ${seen.before}`} aria-hidden style={{ height: seen.gap, padding: 0, border: 0 }} />;
        }
        const row = rows[seen.index];
        if (row === undefined) return null;
        return (
          <li
            key={keyOf(row)}
            ref={measured}
            data-index={seen.index}
            aria-setsize={rows.length}
            aria-posinset={seen.index + 1}
          >
            {children(row)}
          </li>
        );
      })}
    </ul>
  );
}
