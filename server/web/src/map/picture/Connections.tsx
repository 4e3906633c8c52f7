import { UnstyledButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { t } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { kindsName } from "../network/kinds";
import { litBy } from "../network/lit";
import { KINDS, type Kind, type Network } from "../network/network";
import { Part } from "../words/Figures";
import classes from "./Details.module.css";

const ROWS_AT_FIRST = 8;

interface ConnectionsProps {
  network: Network;
  selected: number;
  select: (place: number) => void;
}

/** What leads to an element and from it, kind by kind: what lights up in the picture, in words. */
export function Connections({ network, selected, select }: ConnectionsProps) {
  const found = useMemo(() => {
    const lit = litBy(network, [selected]);
    const others = [...lit.elements].filter((place) => place !== selected).sort((one, other) => one - other);
    return Map.groupBy(others, (place) => network.elements[place]?.kind as Kind);
  }, [network, selected]);
  return (
    <Part small title={t("details.connections")}>
      {found.size === 0 && <p className={classes.none}>{t("details.apart")}</p>}
      {KINDS.map((kind) => {
        const places = found.get(kind);
        return (
          places && <OfKind key={`${selected} ${kind}`} network={network} kind={kind} places={places} select={select} />
        );
      })}
    </Part>
  );
}

interface OfKindProps {
  network: Network;
  kind: Kind;
  places: readonly number[];
  select: (place: number) => void;
}

function OfKind({ network, kind, places, select }: OfKindProps) {
  const [all, setAll] = useState(false);
  const drawn = all || places.length <= ROWS_AT_FIRST + 1 ? places : places.slice(0, ROWS_AT_FIRST);
  return (
    <>
      <h4 className={classes.group}>
        {kindsName(kind)} <span>{places.length}</span>
      </h4>
      <ul className={classes.list}>
        {drawn.map((place) => (
          <li key={place}>
            <UnstyledButton className={classes.other} onClick={() => select(place)}>
              <Glyph kind={kind} size={11} /> {network.elements[place]?.name}
            </UnstyledButton>
          </li>
        ))}
        {drawn.length < places.length && (
          <li>
            <UnstyledButton className={classes.more} onClick={() => setAll(true)}>
              {t("picture.node.rest", { count: places.length - drawn.length })}
            </UnstyledButton>
          </li>
        )}
      </ul>
    </>
  );
}
