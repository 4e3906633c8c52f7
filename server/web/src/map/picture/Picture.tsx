import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Boxes, FilterX } from "lucide-react";
import { useDeferredValue, useMemo } from "react";
import type { OutlineQuery } from "../../gql/graphql";
import { Answered, State } from "../../shared/states";
import { t } from "../../shared/texts";
import { filtered } from "../network/filter";
import { type Network, nameOf, networkOf } from "../network/network";
import { useOutline } from "../network/useNetwork";
import { Details } from "./Details";
import { Drawing } from "./Drawing";
import { Elements } from "./Elements";
import classes from "./Picture.module.css";
import { Toolbar } from "./Toolbar";
import { type SetView, useView, type View } from "./useView";

type DataMap = NonNullable<OutlineQuery["dataMap"]>;

/** The data map as a picture, with a table of the same elements. */
export default function Picture() {
  const answer = useOutline();
  return (
    <>
      <h1 className="seen-by-readers-only">{t("map.title")}</h1>
      <Answered answer={answer} what={t("picture.loading")}>
        {({ dataMap }) => dataMap?.outline && <Explored dataMap={dataMap} outline={dataMap.outline} />}
      </Answered>
    </>
  );
}

function Explored({ dataMap, outline }: { dataMap: DataMap; outline: NonNullable<DataMap["outline"]> }) {
  const [view, set] = useView();
  const network = useMemo(() => networkOf(outline), [outline]);
  const { mark, detail, hide } = view;
  const text = useDeferredValue(view.q);
  const filter = useMemo(
    () => filtered(network, { text, marks: mark, details: detail }),
    [network, text, mark, detail],
  );
  const hidden = useMemo(() => new Set(hide), [hide]);
  const selected = view.select === null ? null : (network.places.get(view.select) ?? null);
  const title = `${dataMap.controller.name} · ${t("revision.number", { number: String(dataMap.revision.number) })}`;
  const select = (place: number | null) => {
    const element = place === null ? undefined : network.elements[place];
    void set({ select: element ? nameOf(element) : null }, { history: "push" });
  };
  if (network.elements.length === 0) {
    return <State icon={Boxes} title={t("picture.empty")} hint={t("picture.empty.hint")} />;
  }
  return (
    <div className={classes.view} data-show={view.show} data-selected={selected !== null}>
      <Toolbar
        network={network}
        filter={filter}
        view={view}
        set={set}
        select={select}
        isComplete={outline.isComplete}
      />
      <div className={classes.body}>
        {view.show !== "table" &&
          (filter?.matches.size === 0 ? (
            <NothingLeft clear={() => void set({ q: null, mark: null, detail: null })} />
          ) : (
            <Drawing
              network={network}
              title={title}
              hidden={hidden}
              shown={filter?.shown ?? null}
              selected={selected}
              depth={view.depth}
              toggled={view.open}
              onSelect={select}
              onDepth={(depth) => void set({ depth, open: null })}
              onToggle={(open) => void set({ open })}
            />
          ))}
        <Side
          network={network}
          filter={filter?.matches ?? null}
          view={view}
          set={set}
          selected={selected}
          select={select}
        />
      </div>
    </div>
  );
}

interface SideProps {
  network: Network;
  filter: ReadonlySet<number> | null;
  view: View;
  set: SetView;
  selected: number | null;
  select: (place: number | null) => void;
}

/** The table beside the picture, or what is known of what was selected in its place; in a table alone, beside it. */
function Side({ network, filter, view, set, selected, select }: SideProps) {
  const isAlone = view.show === "table";
  const hasRoom = useMediaQuery("(min-width: 48rem)", true, { getInitialValueInEffect: false });
  return (
    <>
      {(isAlone || (selected === null && view.show === "both")) && (
        <div className={isAlone ? classes.table : classes.side}>
          <Elements
            network={network}
            filter={filter}
            text={view.q}
            onText={(q) => void set({ q: q || null })}
            sort={view.sort}
            onSort={(sort) => void set({ sort })}
            selected={selected}
            select={select}
            wide={isAlone && hasRoom}
          />
        </div>
      )}
      {selected !== null && (
        <section className={classes.side} aria-label={t("details.label")}>
          <Details key={selected} network={network} selected={selected} select={select} />
        </section>
      )}
    </>
  );
}

function NothingLeft({ clear }: { clear: () => void }) {
  return (
    <div className={classes.nothing}>
      <State
        icon={FilterX}
        title={t("picture.nothing")}
        hint={t("picture.nothing.hint")}
        action={
          <Button size="xs" variant="default" onClick={clear}>
            {t("picture.clear")}
          </Button>
        }
      />
    </div>
  );
}
