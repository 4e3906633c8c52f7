import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import { findText, t } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { nameOf } from "../network/network";
import { useSeen } from "../words/useSeen";
import { isDrawn, type Pair } from "./beside";
import type { ShownPairs } from "./MapBeside";
import beside from "./MapBeside.module.css";
import classes from "./MapTable.module.css";
import { MarkSign } from "./MarkSign";

const ROW_HEIGHT = 40;

interface MapTableProps extends ShownPairs {
  label: string;
  /** Whether all changes are known. */
  isWhole: boolean;
  /** Whether there is no room for two names in a row. */
  isNarrow?: boolean;
}

/** The same as a table, for those who do not see two maps, and where there is no room for them: there an element stands
 * above its counterpart. */
export function MapTable({
  pairs,
  revisions: { from, to },
  selected,
  select,
  label,
  isWhole,
  isNarrow = false,
}: MapTableProps) {
  const keys = useMemo(() => pairs.map(nameOf), [pairs]);
  const { scroller, measured, among } = useSeen(keys, () => ROW_HEIGHT, -1);
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
    <section {...scroller} className={beside.scroller} tabIndex={0} aria-label={label}>
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
          {among(0, pairs.length).map((seen) => {
            if (seen.index === undefined) {
              return <tr key={`before ${seen.before}`} aria-hidden style={{ height: seen.gap }} />;
            }
            const { index } = seen;
            const pair = pairs[index];
            const shared = { isSelected: pair === selected, select };
            return (
              pair && (
                <tr
                  key={nameOf(pair)}
                  ref={measured}
                  data-index={index}
                  data-mark={pair.mark ?? undefined}
                  aria-rowindex={index + 2}
                  data-selected={pair === selected || undefined}
                >
                  {isNarrow ? (
                    <td>
                      <Element pair={pair} of={["old", "new"]} {...shared} isGlyphed />
                    </td>
                  ) : (
                    <>
                      <td>
                        <span className={classes.kind}>
                          <KindGlyph pair={pair} /> {findText(`kind.${pair.kind}`)}
                        </span>
                      </td>
                      <td>
                        <Element pair={pair} of={["old"]} {...shared} />
                      </td>
                      <td>
                        <Element pair={pair} of={["new"]} {...shared} />
                      </td>
                    </>
                  )}
                  <td>
                    {pair.mark ? (
                      <MarkSign mark={pair.mark} isSaid />
                    ) : (
                      <small>{t(isWhole ? "time.map.became.same" : "time.map.became.unknown")}</small>
                    )}
                  </td>
                </tr>
              )
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface ElementProps {
  pair: Pair;
  of: readonly ("old" | "new")[];
  isSelected: boolean;
  select: (pair: Pair) => void;
  isGlyphed?: boolean;
}

/** What an element is called in one of the maps, or in both, if that is not the same. */
function Element({ pair, of, isSelected, select, isGlyphed = false }: ElementProps) {
  const names = new Set(of.flatMap((each) => pair[each] ?? []));
  if (names.size === 0) return <small>{t("time.map.notThere")}</small>;
  return (
    <UnstyledButton className={classes.name} aria-pressed={isSelected} onClick={() => select(pair)}>
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
