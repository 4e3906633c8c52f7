import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import { findText, t } from "../../shared/texts";
import { ElementName } from "../words/ElementLink";
import classes from "./Coverage.module.css";
import { Found } from "./Found";
import type { ClauseRow, ElementRow } from "./sides";
import { useInSight } from "./useInSight";

export interface SideProps {
  revision: number;
  selected: string | null;
  select: (name: string | null) => void;
  needed: boolean;
}

interface TextSideProps extends SideProps {
  rows: readonly ClauseRow[];
  elements: readonly ElementRow[];
}

/** The text, clause by clause, each with what it states of the map. */
export function TextSide({ rows, elements, selected, select, needed }: TextSideProps) {
  const byName = useMemo(() => new Map(elements.map((row) => [row.name, row])), [elements]);
  const place = useInSight(selected);
  const shown = rows.filter(({ needsLook }) => !needed || needsLook);
  return (
    <section className={classes.side} data-side="text" aria-label={t("coverage.side.text")}>
      <h2>
        {t("coverage.side.text")} <span>{t("coverage.clauses", { count: shown.length })}</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <ol ref={place} className={classes.rows} tabIndex={0}>
        {shown.length === 0 && <li className={classes.nothing}>{t("coverage.text.nothing")}</li>}
        {shown.map(({ clause: { key, number, kind, html }, depth, silentAs, states, findings }) => {
          const isSelected = key === selected;
          return (
            <li
              key={key}
              className={classes.clause}
              data-kind={kind}
              data-here={isSelected || (selected !== null && states.includes(selected)) || undefined}
              style={{ paddingLeft: `${1 + Math.min(depth, 4) * 0.875}rem` }}
            >
              <UnstyledButton
                className={classes.number}
                aria-pressed={isSelected}
                aria-label={t("common.clause", { number })}
                onClick={() => select(isSelected ? null : key)}
              >
                {number}
              </UnstyledButton>
              <div className={classes.body}>
                {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the service has made it safe */}
                <div className={classes.text} dangerouslySetInnerHTML={{ __html: html }} />
                {states.length > 0 && (
                  <ul className={classes.chips} aria-label={t("coverage.states")}>
                    {states.map((name) => {
                      const row = byName.get(name);
                      return (
                        row && (
                          <li key={name}>
                            <UnstyledButton
                              className={classes.chip}
                              aria-pressed={name === selected}
                              title={findText(`kind.${row.element.kind}`)}
                              onClick={() => select(name === selected ? null : name)}
                            >
                              <ElementName element={row.element} />
                            </UnstyledButton>
                          </li>
                        )
                      );
                    })}
                  </ul>
                )}
                {silentAs && (
                  <p className={classes.silent} data-role={silentAs}>
                    {t(`coverage.silentAs.${silentAs}`)}
                  </p>
                )}
                <Found findings={findings} />
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
