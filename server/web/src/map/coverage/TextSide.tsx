import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import { findText, t } from "../../shared/texts";
import { ElementName } from "../words/ElementLink";
import { useSeen } from "../words/useSeen";
import classes from "./Coverage.module.css";
import { Found } from "./Found";
import type { ClauseRow, ElementRow } from "./sides";

/** In pixels, until it is drawn. */
const CLAUSE_HEIGHT = 96;

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
  const shown = useMemo(() => rows.filter(({ needsLook }) => !needed || needsLook), [rows, needed]);
  const keys = useMemo(() => shown.map(({ clause }) => clause.key), [shown]);
  const isHere = ({ clause, states }: ClauseRow) =>
    selected !== null && (clause.key === selected || states.includes(selected));
  const { scroller, measured, among } = useSeen(keys, () => CLAUSE_HEIGHT, shown.findIndex(isHere));
  return (
    <section className={classes.side} data-side="text" aria-label={t("coverage.side.text")}>
      <h2>
        {t("coverage.side.text")} <span>{t("coverage.clauses", { count: shown.length })}</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it */}
      <ol {...scroller} className={classes.rows} tabIndex={0}>
        {shown.length === 0 && <li className={classes.nothing}>{t("coverage.text.nothing")}</li>}
        {among(0, shown.length).map((seen) => {
          if (seen.index === undefined) {
            return <li key={`before ${seen.before}`} aria-hidden style={{ height: seen.gap }} />;
          }
          const { index } = seen;
          const row = shown[index];
          if (!row) return null;
          const { clause, depth, silentAs, states, findings } = row;
          const { key, number, kind, html } = clause;
          const isSelected = key === selected;
          return (
            <li
              key={key}
              ref={measured}
              data-index={index}
              aria-setsize={shown.length}
              aria-posinset={index + 1}
              className={classes.clause}
              data-kind={kind}
              data-here={isHere(row) || undefined}
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
                    {t(`coverage.silentAs.${silentAs}`)} · {t("coverage.silent.people")}
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
