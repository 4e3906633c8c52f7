import { UnstyledButton } from "@mantine/core";
import { findText, t } from "../../shared/texts";
import { ElementName } from "../words/ElementLink";
import { KINDS_IN_ORDER } from "../words/named";
import classes from "./Coverage.module.css";
import { Found } from "./Found";
import type { ElementRow } from "./sides";
import type { SideProps } from "./TextSide";
import { useInSight } from "./useInSight";

/** The elements of the map by kind, each with the clauses that state it. */
export function MapSide({ rows, selected, select, needed }: SideProps & { rows: readonly ElementRow[] }) {
  const place = useInSight(selected);
  const shown = rows.filter(({ needsLook }) => !needed || needsLook);
  const groups = Map.groupBy(shown, ({ element }) => element.kind);
  return (
    <section className={classes.side} data-side="map" aria-label={t("coverage.side.map")}>
      <h2>
        {t("coverage.side.map")} <span>{t("coverage.elements", { count: shown.length })}</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <div ref={place} className={classes.rows} tabIndex={0}>
        {shown.length === 0 && <p className={classes.nothing}>{t("coverage.map.nothing")}</p>}
        {KINDS_IN_ORDER.flatMap((kind) => {
          const group = groups.get(kind);
          if (!group) return [];
          return [
            <section key={kind} aria-label={findText(`kinds.${kind}`)}>
              <h3>
                {findText(`kinds.${kind}`)} <span>{group.length}</span>
              </h3>
              <ul>
                {group.map((row) => (
                  <Row key={row.name} row={row} selected={selected} select={select} />
                ))}
              </ul>
            </section>,
          ];
        })}
      </div>
    </section>
  );
}

function Row({
  row: { name, element, statedBy, findings },
  selected,
  select,
}: { row: ElementRow } & Pick<SideProps, "selected" | "select">) {
  const isSelected = name === selected;
  const isHere = isSelected || statedBy.some(({ key }) => key === selected);
  return (
    <li className={classes.element} data-here={isHere || undefined}>
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
