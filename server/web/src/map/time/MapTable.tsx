import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { findText, t } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { nameOf } from "../network/network";
import { isDrawn, type Pair } from "./beside";
import type { ShownPairs } from "./MapBeside";
import classes from "./MapTable.module.css";
import { MarkSign } from "./MarkSign";

const ROW_HEIGHT = 40;

interface MapTableProps extends ShownPairs {
  label: string;
  /** Whether there is no room for two names in a row. */
  isNarrow?: boolean;
}

/** The same as a table, for those who do not see two maps, and where there is no room for them: there an element stands
 * above its counterpart. */
export function MapTable({ pairs, revisions: { from, to }, selected, select, label, isNarrow = false }: MapTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const drawn = virtual.getVirtualItems();
  const above = drawn[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  const columns = isNarrow
    ? [t("time.map.element"), t("time.map.became")]
    : [
        t("time.map.kind"),
        t("revision.number", { number: String(from) }),
        t("revision.number", { number: String(to) }),
        t("time.map.became"),
      ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it
    <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label={label}>
      <table className={classes.table} data-narrow={isNarrow || undefined} aria-rowcount={pairs.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {drawn.map(({ index }) => {
            const pair = pairs[index];
            return (
              pair && (
                <tr
                  key={nameOf(pair)}
                  ref={virtual.measureElement}
                  data-index={index}
                  data-mark={pair.mark ?? undefined}
                  aria-rowindex={index + 2}
                  aria-selected={pair === selected}
                >
                  {isNarrow ? (
                    <td>
                      <Element pair={pair} of={["old", "new"]} select={select} isGlyphed />
                    </td>
                  ) : (
                    <>
                      <td>
                        <span className={classes.kind}>
                          <KindGlyph pair={pair} /> {findText(`kind.${pair.kind}`)}
                        </span>
                      </td>
                      <td>
                        <Element pair={pair} of={["old"]} select={select} />
                      </td>
                      <td>
                        <Element pair={pair} of={["new"]} select={select} />
                      </td>
                    </>
                  )}
                  <td>
                    {pair.mark ? <MarkSign mark={pair.mark} isSaid /> : <small>{t("time.map.became.same")}</small>}
                  </td>
                </tr>
              )
            );
          })}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </tbody>
      </table>
    </section>
  );
}

interface ElementProps {
  pair: Pair;
  of: readonly ("old" | "new")[];
  select: (pair: Pair) => void;
  isGlyphed?: boolean;
}

/** What an element is called in one of the maps, or in both, if that is not the same. */
function Element({ pair, of, select, isGlyphed = false }: ElementProps) {
  const names = new Set(of.flatMap((each) => pair[each] ?? []));
  if (names.size === 0) return <small>{t("time.map.notThere")}</small>;
  return (
    <UnstyledButton className={classes.name} onClick={() => select(pair)}>
      {isGlyphed && (
        <>
          <KindGlyph pair={pair} />
          <span className="seen-by-readers-only">{findText(`kind.${pair.kind}`)}</span>
        </>
      )}
      <span>
        {[...names].map((name, place) => {
          const isGone = (place === 0 && names.size > 1) || (of[0] === "old" && pair.new === null);
          return isGone ? <del key={name}>{name}</del> : <span key={name}>{name}</span>;
        })}
        {isGlyphed && !isDrawn(pair.kind) && <small> {findText(`kind.${pair.kind}`)}</small>}
      </span>
    </UnstyledButton>
  );
}

const KindGlyph = ({ pair: { kind } }: { pair: Pair }) => isDrawn(kind) && <Glyph kind={kind} size={11} />;
