import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { t } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { kindName, kindsName } from "../network/kinds";
import type { Kind } from "../network/network";
import { useFocusKept } from "../words/useSeen";
import { linesOf, type Pair } from "./beside";
import type { ShownPairs } from "./MapBeside";
import beside from "./MapBeside.module.css";
import classes from "./MapColumns.module.css";
import { MarkSign } from "./MarkSign";

const LINE_HEIGHT = 38;

/** The two maps in the columns of the picture, line by line beside each other; of long ones only what is seen. */
export function MapColumns({ pairs, revisions: { from, to }, selected, select }: ShownPairs) {
  const { kinds, lines } = useMemo(() => linesOf(pairs), [pairs]);
  const keys = useMemo(() => lines.map((_, index) => String(index)), [lines]);
  const { onFocus, rangeExtractor } = useFocusKept(keys);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    rangeExtractor,
    overscan: 8,
  });
  const halves = [
    { of: "old", revision: from },
    { of: "new", revision: to },
  ] as const;
  const columns = { gridTemplateColumns: `repeat(${kinds.length}, minmax(0, 17rem))` };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it
    <section ref={scroller} className={beside.scroller} tabIndex={0} aria-label={t("time.map")} onFocus={onFocus}>
      <div className={classes.heads}>
        {halves.map(({ of, revision }) => (
          <div key={of} className={classes.head} data-of={of}>
            <p className={classes.revision}>{t("revision.number", { number: String(revision) })}</p>
            <div className={classes.half} style={columns}>
              {kinds.map((kind) => (
                <span key={kind} className={classes.kind}>
                  <Glyph kind={kind} size={11} /> {kindsName(kind)}
                </span>
              ))}
            </div>
          </div>
        ))}
      </div>
      <div className={classes.lines} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div
            key={index}
            ref={virtual.measureElement}
            data-index={index}
            className={classes.line}
            style={{ transform: `translateY(${start}px)` }}
          >
            {halves.map(({ of, revision }) => (
              <div key={of} className={classes.half} data-of={of} style={columns}>
                {lines[index]?.map((pair, column) =>
                  pair ? (
                    <Place
                      key={kinds[column]}
                      pair={pair}
                      of={of}
                      revision={revision}
                      isSelected={pair === selected}
                      select={select}
                    />
                  ) : (
                    <span key={kinds[column]} />
                  ),
                )}
              </div>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}

interface PlaceProps {
  pair: Pair;
  of: "old" | "new";
  revision: number;
  isSelected: boolean;
  select: (pair: Pair) => void;
}

/** An element in one of the maps; where it is not there, the place that it leaves. */
function Place({ pair, of, revision, isSelected, select }: PlaceProps) {
  const { kind, mark } = pair;
  const name = pair[of];
  if (name === null) return <span className={classes.absent} aria-hidden />;
  return (
    <UnstyledButton
      className={classes.element}
      data-mark={mark ?? undefined}
      aria-pressed={isSelected}
      title={name}
      onClick={() => select(pair)}
    >
      {mark && <MarkSign mark={mark} isSaid />}
      <span className={classes.name}>
        {name}{" "}
        <span className="seen-by-readers-only">
          {t("time.map.in", { kind: kindName(kind as Kind), number: String(revision) })}
        </span>
      </span>
    </UnstyledButton>
  );
}
