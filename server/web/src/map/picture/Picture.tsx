import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Boxes, FilterX, SearchX } from "lucide-react";
import { type RefObject, useDeferredValue, useEffect, useMemo, useRef } from "react";
import type { OutlineQuery } from "../../gql/graphql";
import { takeLostFocus } from "../../shared/page/focus";
import { Answered, State } from "../../shared/states";
import { t } from "../../shared/texts";
import { filtered, listed } from "../network/filter";
import { type Network, nameOf, networkOf } from "../network/network";
import { useOutline } from "../network/useNetwork";
import { Details } from "./Details";
import { Drawing } from "./Drawing";
import { Elements } from "./Elements";
import classes from "./Picture.module.css";
import { Toolbar } from "./Toolbar";
import { missingIn, type SetView, SHOWN, useView, type View } from "./useView";

/** There is no room for both. */
const SHOWN_ON_A_PHONE = ["picture", "table"] as const;

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
  const [asked, set] = useView();
  const hasRoom = useMediaQuery("(min-width: 48rem)", true, { getInitialValueInEffect: false });
  const view: View = !hasRoom && asked.show === "both" ? { ...asked, show: "picture" } : asked;
  const network = useMemo(() => networkOf(outline), [outline]);
  const { mark, detail, hide } = view;
  const text = useDeferredValue(view.q);
  const filter = useMemo(
    () => filtered(network, { text, marks: mark, details: detail }),
    [network, text, mark, detail],
  );
  const hidden = useMemo(() => new Set(hide), [hide]);
  const rows = useMemo(() => listed(network, filter?.matches ?? null, hidden), [network, filter, hidden]);
  const selected = view.select === null ? null : (network.places.get(view.select) ?? null);
  const missing = missingIn(network, view.select);
  const title = `${dataMap.controller.name} · ${t("revision.number", { number: String(dataMap.revision.number) })}`;
  const body = useFocusBack(selected);
  const select = (place: number | null) => {
    const element = place === null ? undefined : network.elements[place];
    void set({ select: element ? nameOf(element) : null }, { history: "push" });
  };
  if (network.elements.length === 0) {
    return <State icon={Boxes} title={t("picture.empty")} hint={t("picture.empty.hint")} />;
  }
  return (
    <div className={classes.view}>
      <Toolbar
        network={network}
        filter={filter}
        view={view}
        set={set}
        shown={hasRoom ? SHOWN : SHOWN_ON_A_PHONE}
        select={select}
        isComplete={outline.isComplete}
      />
      {missing && (
        <p className={classes.missing} role="status">
          <SearchX aria-hidden size={15} /> {missing}
        </p>
      )}
      <div ref={body} className={classes.body}>
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
              more={view.more}
              onDepth={(depth) => void set({ depth, open: null, more: null })}
              onToggle={(open) => void set({ open })}
              onMore={(more) => void set({ more })}
            />
          ))}
        <Side
          network={network}
          listed={rows}
          view={view}
          set={set}
          hasRoom={hasRoom}
          selected={selected}
          select={select}
        />
      </div>
    </div>
  );
}

interface SideProps {
  network: Network;
  listed: ReadonlySet<number> | null;
  view: View;
  set: SetView;
  /** Whether there is room beside the picture. */
  hasRoom: boolean;
  selected: number | null;
  select: (place: number | null) => void;
}

/** The table, and below it what is known of what was selected; beside a table that stands alone. */
function Side({ network, listed: rows, view, set, hasRoom, selected, select }: SideProps) {
  const isAlone = view.show === "table";
  const table = view.show !== "picture" && (
    <div className={isAlone ? classes.table : classes.list}>
      <Elements
        network={network}
        filter={rows}
        text={view.q}
        onText={(q) => void set({ q: q || null })}
        sort={view.sort}
        onSort={(sort) => void set({ sort })}
        selected={selected}
        select={select}
        wide={isAlone && hasRoom}
      />
    </div>
  );
  const panel = selected !== null && (
    <section className={isAlone ? classes.side : classes.panel} aria-label={t("details.label")}>
      <Details key={selected} network={network} selected={selected} select={select} />
    </section>
  );
  if (!table && !panel) return null;
  return isAlone ? (
    <>
      {table}
      {panel}
    </>
  ) : (
    <div className={classes.side}>
      {table}
      {panel}
    </div>
  );
}

/** Keys go on in the picture, or else the table, when the panel that had the focus is gone. */
function useFocusBack(selected: number | null): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(selected);
  useEffect(() => {
    if (before.current !== null && selected === null) takeLostFocus(place.current?.querySelector("[tabindex='0']"));
    before.current = selected;
  }, [selected]);
  return place;
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
