import { UnstyledButton } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import classes from "./Row.module.css";

interface RowProps {
  /** What it is about. */
  title: ReactNode;
  /** Below it, a line. */
  line?: ReactNode;
  /** At the end of the row. */
  aside?: ReactNode;
  opened: boolean;
  onToggle: () => void;
  /** Shown when it is opened. */
  children: ReactNode;
}

/** A row that opens. One that an address opens is brought into view. */
export function Row({ title, line, aside, opened, onToggle, children }: RowProps) {
  const id = useId();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const place = row.current?.getBoundingClientRect();
    if (opened && place && (place.top < 0 || place.top > window.innerHeight)) {
      row.current?.scrollIntoView({ block: "start" });
    }
  }, [opened]);
  return (
    <li ref={row} className={classes.row}>
      <h3 className={classes.heading}>
        <UnstyledButton className={classes.head} aria-expanded={opened} aria-controls={id} onClick={onToggle}>
          <span className={classes.text}>
            <span className={classes.title}>{title}</span>
            {line && <span className={classes.line}>{line}</span>}
          </span>
          {aside && <span className={classes.aside}>{aside}</span>}
          <ChevronDown aria-hidden size={18} strokeWidth={1.75} className={classes.chevron} />
        </UnstyledButton>
      </h3>
      <div id={id} hidden={!opened} className={classes.body}>
        {opened && children}
      </div>
    </li>
  );
}
