import { TextInput, UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Search } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { count, t } from "../../shared/texts";
import { Badge, Glyph } from "../network/Glyph";
import { detailName, kindName } from "../network/kinds";
import { factsAbout, KINDS, type Kind, type Network, type OutlineElement } from "../network/network";
import classes from "./Elements.module.css";

interface ElementsProps {
  network: Network;
  /** The elements that the filters of the picture leave; null for all. */
  filter: ReadonlySet<number> | null;
  /** Of those filters, the one that looks into names and keys. */
  text: string;
  onText: (text: string) => void;
  /** A column, with a minus before it from the largest on; null for the order of the map. */
  sort: string | null;
  onSort: (sort: string | null) => void;
  selected: number | null;
  select: (place: number | null) => void;
  /** Whether there is room for all columns. */
  wide: boolean;
}

interface Row {
  place: number;
  element: OutlineElement;
  facts: number;
}

interface Column {
  id: "name" | "kind" | "detail" | "partOf" | "facts" | "marks";
  title: string;
  by: (row: Row) => string | number;
  cell: (row: Row) => ReactNode;
  /** Only where there is room. */
  wide?: boolean;
}

const ROW_HEIGHT = 37;
const collator = new Intl.Collator();

/** The elements of the picture as a table, in step with it. */
export function Elements(props: ElementsProps) {
  const { network, filter, text, onText, sort, onSort, selected, select, wide } = props;
  const isDown = sort?.startsWith("-") ?? false;
  const sorted = isDown ? sort?.slice(1) : sort;
  const columns = useMemo(() => columnsOf(network, wide).filter((column) => wide || !column.wide), [network, wide]);
  const rows = useMemo(() => {
    const by = columns.find(({ id }) => id === sorted)?.by;
    const all = network.elements.flatMap((element, place): Row[] =>
      filter === null || filter.has(place) ? [{ place, element, facts: factsAbout(network, place).length }] : [],
    );
    if (by) all.sort((one, other) => compared(by(one), by(other)) * (isDown ? -1 : 1));
    return all;
  }, [network, filter, columns, sorted, isDown]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const drawn = virtual.getVirtualItems();
  const above = drawn[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);

  const place = selected === null ? -1 : rows.findIndex((row) => row.place === selected);
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place, { align: "auto" });
  }, [place, virtual]);

  const sortBy = (id: Column["id"]) => {
    // Of figures the largest say most.
    const [first, second] = id === "facts" || id === "marks" ? [`-${id}`, id] : [id, `-${id}`];
    onSort(sort === first ? second : sort === second ? null : first);
  };
  return (
    <>
      <div className={classes.head}>
        <TextInput
          size="xs"
          aria-label={t("table.filter")}
          placeholder={t("table.filter")}
          leftSection={<Search aria-hidden size={14} />}
          value={text}
          onChange={({ currentTarget: { value } }) => onText(value)}
          className={classes.filter}
        />
        <span className={classes.count} role="status">
          {rows.length === network.elements.length
            ? t("table.count", { count: rows.length })
            : t("table.countOf", { count: rows.length, all: network.elements.length })}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label={t("table.caption")}>
        <table className={classes.table} data-wide={wide} aria-rowcount={rows.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(({ id, title }) => (
                <th
                  key={id}
                  scope="col"
                  data-column={id}
                  aria-sort={sorted === id ? (isDown ? "descending" : "ascending") : "none"}
                >
                  <UnstyledButton className={classes.sort} onClick={() => sortBy(id)}>
                    {title}
                    {sorted === id &&
                      (isDown ? <ArrowDown aria-hidden size={13} /> : <ArrowUp aria-hidden size={13} />)}
                  </UnstyledButton>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr aria-hidden style={{ height: above }} />}
            {drawn.map(({ index }) => {
              const row = rows[index];
              return (
                row && (
                  <tr
                    key={row.place}
                    aria-rowindex={index + 2}
                    aria-selected={row.place === selected}
                    className={classes.row}
                    onClick={() => select(row.place)}
                  >
                    {columns.map(({ id, cell }) => (
                      <td key={id} data-column={id}>
                        {id === "name" ? (
                          <UnstyledButton
                            className={classes.name}
                            onClick={(event) => {
                              event.stopPropagation();
                              select(row.place);
                            }}
                          >
                            {!wide && <Glyph kind={row.element.kind as Kind} size={11} />}
                            <span title={row.element.name} data-unnamed={!row.element.isNamed}>
                              {cell(row)}
                            </span>
                          </UnstyledButton>
                        ) : (
                          cell(row)
                        )}
                      </td>
                    ))}
                  </tr>
                )
              );
            })}
            {below > 0 && <tr aria-hidden style={{ height: below }} />}
          </tbody>
        </table>
        {rows.length === 0 && <p className={classes.none}>{t("picture.nothing.hint")}</p>}
      </section>
    </>
  );
}

const compared = (one: string | number, other: string | number): number =>
  typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other));

function columnsOf({ elements }: Network, wide: boolean): Column[] {
  const wholeOf = ({ partOf }: OutlineElement) => (partOf === null ? "" : (elements[partOf]?.name ?? ""));
  return [
    { id: "name", title: t("table.name"), by: ({ element }) => element.name, cell: ({ element }) => element.name },
    {
      id: "kind",
      title: t("table.kind"),
      by: ({ element }) => KINDS.indexOf(element.kind as Kind),
      cell: ({ element }) => (
        <span className={classes.kind}>
          <Glyph kind={element.kind as Kind} size={11} /> {kindName(element.kind as Kind)}
        </span>
      ),
      wide: true,
    },
    {
      id: "detail",
      title: t("table.detail"),
      by: ({ element }) => detailName(element.detail),
      cell: ({ element }) => detailName(element.detail),
      wide: true,
    },
    {
      id: "partOf",
      title: t("table.partOf"),
      by: ({ element }) => wholeOf(element),
      cell: ({ element }) => wholeOf(element),
      wide: true,
    },
    { id: "facts", title: t("table.facts"), by: ({ facts }) => facts, cell: ({ facts }) => count(facts) },
    {
      id: "marks",
      title: t("table.marks"),
      by: ({ element }) => element.violations * 10_000 + element.gaps * 2 + Number(!element.isStated),
      cell: ({ element }) => <MarksCell element={element} wide={wide} />,
    },
  ];
}

function MarksCell({ element, wide }: { element: OutlineElement; wide: boolean }) {
  const { violations, gaps, isNamed, isStated } = element;
  return (
    <span className={classes.marks}>
      {violations > 0 && (
        <span title={t("table.marks.violations", { count: violations })}>
          <Badge of="violation" /> {violations}
          <span className="seen-by-readers-only">{t("table.marks.violations", { count: violations })}</span>
        </span>
      )}
      {gaps > 0 && (
        <span title={t("table.marks.gaps", { count: gaps })}>
          <Badge of="gap" /> {gaps}
          <span className="seen-by-readers-only">{t("table.marks.gaps", { count: gaps })}</span>
        </span>
      )}
      {!isNamed && wide && <span>{t("table.marks.unnamed")}</span>}
      {!isStated && <span>{t("table.marks.unstated")}</span>}
    </span>
  );
}
