import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import type { ElementKind } from "../../gql/graphql";
import { findText, t } from "../../shared/texts";
import { ElementName } from "../words/ElementLink";
import { KINDS_IN_ORDER } from "../words/named";
import { type SeenRows, useSeen } from "../words/useSeen";
import classes from "./Coverage.module.css";
import { Found } from "./Found";
import type { ElementRow } from "./sides";
import type { SideProps } from "./TextSide";

/** In pixels, until they are drawn. */
const [HEADING_HEIGHT, ELEMENT_HEIGHT] = [32, 37];

/** The elements of the map by kind, each with the clauses that state it. */
export function MapSide({ rows, selected, select, needed }: SideProps & { rows: readonly ElementRow[] }) {
  const shown = useMemo(() => rows.filter(({ needsLook }) => !needed || needsLook), [rows, needed]);
  const { groups, lines } = useMemo(() => groupsOf(shown), [shown]);
  const keys = useMemo(() => lines.map((line) => (typeof line === "string" ? line : line.name)), [lines]);
  const { scroller, measured, among } = useSeen(
    keys,
    (index) => (typeof lines[index] === "string" ? HEADING_HEIGHT : ELEMENT_HEIGHT),
    lines.findIndex((line) => typeof line !== "string" && isHere(line, selected)),
  );
  return (
    <section className={classes.side} data-side="map" aria-label={t("coverage.side.map")}>
      <h2>
        {t("coverage.side.map")} <span>{t("coverage.elements", { count: shown.length })}</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <div {...scroller} className={classes.rows} tabIndex={0}>
        {shown.length === 0 && <p className={classes.nothing}>{t("coverage.map.nothing")}</p>}
        {groups.map(({ kind, heading, count }) => (
          // Headings are all there, for whoever goes from one to the next.
          <section key={kind} aria-label={findText(`kinds.${kind}`)}>
            <h3 ref={measured} data-index={heading}>
              {findText(`kinds.${kind}`)} <span>{count}</span>
            </h3>
            <ul>
              {among(heading + 1, heading + 1 + count).map((seen) => {
                if (seen.index === undefined) {
                  return <li key={`before ${seen.before}`} aria-hidden style={{ height: seen.gap }} />;
                }
                const { index } = seen;
                const row = lines[index];
                if (typeof row !== "object") return null;
                return (
                  <Row
                    key={row.name}
                    row={row}
                    index={index}
                    place={index - heading}
                    count={count}
                    measured={measured}
                    selected={selected}
                    select={select}
                  />
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}

interface Group {
  kind: ElementKind;
  /** The place of its heading among all lines. Its rows follow that. */
  heading: number;
  count: number;
}

/** Rows by kind below each other, with the kinds as their headings. */
function groupsOf(rows: readonly ElementRow[]): { groups: Group[]; lines: (ElementKind | ElementRow)[] } {
  const found = Map.groupBy(rows, ({ element }) => element.kind);
  const groups: Group[] = [];
  const lines: (ElementKind | ElementRow)[] = [];
  for (const kind of KINDS_IN_ORDER) {
    const group = found.get(kind);
    if (!group) continue;
    groups.push({ kind, heading: lines.length, count: group.length });
    lines.push(kind, ...group);
  }
  return { groups, lines };
}

const isHere = ({ name, statedBy }: ElementRow, selected: string | null): boolean =>
  selected !== null && (name === selected || statedBy.some(({ key }) => key === selected));

interface RowProps extends Pick<SideProps, "selected" | "select">, Pick<SeenRows, "measured"> {
  row: ElementRow;
  /** Among all lines. */
  index: number;
  /** Among those of its kind, from 1, and how many these are. */
  place: number;
  count: number;
}

function Row({ row, index, place, count, measured, selected, select }: RowProps) {
  const { name, element, statedBy, findings } = row;
  const isSelected = name === selected;
  return (
    <li
      ref={measured}
      className={classes.element}
      data-index={index}
      data-here={isHere(row, selected) || undefined}
      aria-setsize={count}
      aria-posinset={place}
    >
      <UnstyledButton
        className={classes.name}
        aria-pressed={isSelected}
        onClick={() => select(isSelected ? null : name)}
      >
        <ElementName element={element} />
      </UnstyledButton>
      <span className={classes.statedBy}>
        {statedBy.length === 0 && <span className={classes.unstated}>{t("coverage.unstatedHere")}</span>}
        {statedBy.map(({ key, number }) => (
          <UnstyledButton
            key={key}
            className={classes.number}
            aria-pressed={key === selected}
            aria-label={t("common.clause", { number })}
            onClick={() => select(key === selected ? null : key)}
          >
            {number}
          </UnstyledButton>
        ))}
      </span>
      <Found findings={findings} />
    </li>
  );
}
