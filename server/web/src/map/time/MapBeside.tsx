import { SegmentedControl, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Equal } from "lucide-react";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo, useRef } from "react";
import type { ToldChangeFragment } from "../../gql/graphql";
import { Answered, State } from "../../shared/states";
import { t } from "../../shared/texts";
import { type Network, nameOf } from "../network/network";
import { useNetwork, useOutline } from "../network/useNetwork";
import { Cut } from "../words/Cut";
import { Part } from "../words/Figures";
import { type CutMaps, isDrawn, LARGE_FROM, type Pair, pairsOf } from "./beside";
import { isWhole, type TwoRevisions, useCompared } from "./Changes";
import classes from "./MapBeside.module.css";
import { MapColumns } from "./MapColumns";
import { MapTable } from "./MapTable";
import { WhatChanged } from "./WhatChanged";

const AS = ["beside", "table"] as const;
const OF_MAPS = {
  as: parseAsStringLiteral(AS).withDefault("beside"),
  /** Whether what is the same is hidden; where nobody said, it depends on how much there is. */
  only: parseAsBoolean,
  /** The selected element: `SERVICE:billing`. */
  of: parseAsString,
};

/** Two maps beside each other, each element in line with its counterpart, with what became of it. */
export function MapBeside({ from, to }: TwoRevisions) {
  const compared = useCompared({ from, to });
  const [before, after] = [useOutline(from), useOutline(to)];
  const [older, newer] = [useNetwork(from), useNetwork(to)];
  const [old = false, now = false] = [before, after].map(({ data }) => data?.dataMap?.outline?.isComplete === false);
  const cut = useMemo(() => ({ old, new: now }), [old, now]);
  const isCut = old || now;
  return (
    <Answered answer={compared} what={t("time.comparing")}>
      {({ rows, totalCount }) => (
        <Answered answer={before} what={t("time.comparing")}>
          {() => (
            <Answered answer={after} what={t("time.comparing")}>
              {() =>
                older &&
                newer && (
                  <>
                    <Cut count={rows.length} all={totalCount} />
                    {isCut && <p className={classes.note}>{t("time.map.incomplete")}</p>}
                    <Maps
                      older={older}
                      newer={newer}
                      changes={rows}
                      isWhole={isWhole(compared.data) && !isCut}
                      cut={cut}
                      revisions={{ from, to }}
                    />
                  </>
                )
              }
            </Answered>
          )}
        </Answered>
      )}
    </Answered>
  );
}

interface MapsProps {
  older: Network;
  newer: Network;
  changes: readonly ToldChangeFragment[];
  /** Whether all changes are known. */
  isWhole: boolean;
  cut: CutMaps;
  revisions: TwoRevisions;
}

function Maps({ older, newer, changes, isWhole, cut, revisions }: MapsProps) {
  const [{ as, only, of }, set] = useQueryStates(OF_MAPS, { history: "push" });
  const hasRoom = useMediaQuery("(min-width: 64rem)", true, { getInitialValueInEffect: false });
  const pairs = useMemo(() => pairsOf(older, newer, changes, cut), [older, newer, changes, cut]);
  // What no change is known of may have changed.
  const isOnly = isWhole && (only ?? pairs.length >= LARGE_FROM);
  const shown = useMemo(() => (isOnly ? pairs.filter(({ mark }) => mark !== null) : pairs), [pairs, isOnly]);
  const selected = of === null ? undefined : pairs.find((pair) => nameOf(pair) === of);
  const select = (pair: Pair | null) =>
    void set({ of: pair && nameOf(pair) !== of ? nameOf(pair) : null }, { history: "replace" });
  const opener = useRef<HTMLElement>(null);
  const giveBack = useCallback(() => opener.current?.focus({ preventScroll: true }), []);
  const choose = (pair: Pair) => {
    // Before the panel of another, which is still open, gives the focus back.
    if (document.activeElement instanceof HTMLElement) opener.current = document.activeElement;
    select(pair);
  };
  const shared = { revisions, selected, select: choose };
  const hidden = pairs.length - shown.length;
  const drawn = shown.filter(({ kind }) => isDrawn(kind));
  const others = shown.filter(({ kind }) => !isDrawn(kind));
  return (
    <>
      <div className={classes.tools}>
        <Switch
          label={t("time.map.only")}
          description={isWhole ? undefined : t("time.map.only.unknown")}
          disabled={!isWhole}
          checked={isOnly}
          onChange={({ currentTarget: { checked } }) => void set({ only: checked })}
        />
        {hidden > 0 && <span className={classes.hidden}>{t("time.map.same", { count: hidden })}</span>}
        {hasRoom && (
          <SegmentedControl
            size="xs"
            className={classes.as}
            aria-label={t("time.map.as")}
            value={as}
            onChange={(next) => void set({ as: AS.find((each) => each === next) ?? null })}
            data={AS.map((value) => ({ value, label: t(`time.map.as.${value}`) }))}
          />
        )}
      </div>
      {shown.length === 0 ? (
        <State icon={Equal} title={t("time.map.nothing")} />
      ) : as === "table" || !hasRoom ? (
        <MapTable label={t("time.map")} pairs={shown} isNarrow={!hasRoom} isWhole={isWhole} {...shared} />
      ) : (
        <>
          {drawn.length === 0 ? (
            <p className={classes.note}>{t("time.map.nothing")}</p>
          ) : (
            <MapColumns pairs={drawn} {...shared} />
          )}
          {others.length > 0 && (
            <Part title={t("time.map.others")} note={isOnly ? undefined : t("time.map.others.hint")}>
              <MapTable label={t("time.map.others")} pairs={others} isWhole={isWhole} {...shared} />
            </Part>
          )}
        </>
      )}
      {selected && (
        <WhatChanged
          key={nameOf(selected)}
          pair={selected}
          changes={changes}
          isWhole={isWhole}
          revisions={revisions}
          close={() => select(null)}
          giveBack={giveBack}
        />
      )}
    </>
  );
}

export interface ShownPairs {
  pairs: readonly Pair[];
  revisions: TwoRevisions;
  selected: Pair | undefined;
  /** Selects an element, or lets go of the one that is selected. */
  select: (pair: Pair) => void;
}
