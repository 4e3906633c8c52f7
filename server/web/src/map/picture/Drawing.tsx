import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, useCallback, useId, useMemo, useRef, useState } from "react";
import { announce } from "../../shared/page/announce";
import { t } from "../../shared/texts";
import { detailName, kindName, kindsName } from "../network/kinds";
import { layoutOf, nodeWidthFor } from "../network/layout";
import { litBy } from "../network/lit";
import type { Network } from "../network/network";
import { type Depth, everyNode, type SceneNode, sceneOf } from "../network/scene";
import { type Direction, stepFrom } from "../network/steps";
import { AT_FIRST, Canvas, type CanvasHandle, type Highlight, roomIn, type Viewport } from "./Canvas";
import { Controls } from "./Controls";
import classes from "./Drawing.module.css";
import { Headings } from "./Headings";
import { Hint } from "./Hint";
import { rowsOf } from "./useView";

interface DrawingProps {
  network: Network;
  /** What the map is of, for what is saved of it. */
  title: string;
  hidden: ReadonlySet<string>;
  shown: ReadonlySet<number> | null;
  selected: number | null;
  depth: Depth | null;
  toggled: readonly string[];
  /** Rests of which more is drawn: see `rowsOf`. */
  more: readonly string[];
  onSelect: (place: number | null) => void;
  onDepth: (depth: Depth) => void;
  onToggle: (toggled: string[]) => void;
  onMore: (more: string[]) => void;
}

const KEYS: Partial<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
};

/** The picture of a map, with its headings and what moves it. */
export function Drawing(props: DrawingProps) {
  const { network, title, hidden, shown, selected, depth, toggled, more, onSelect, onDepth, onToggle, onMore } = props;
  const scheme = useComputedColorScheme("light");
  const scene = useMemo(
    () => sceneOf(network, { hidden, shown, depth, toggled: new Set(toggled), more: rowsOf(more), selected }),
    [network, hidden, shown, depth, toggled, more, selected],
  );
  const { ref: frame, width, height } = useElementSize<HTMLDivElement>();
  const room = roomIn({ width, height });
  const nodeWidth = nodeWidthFor(scene, room, AT_FIRST);
  const seen = room.height / AT_FIRST.least;
  const layout = useMemo(() => layoutOf(scene, nodeWidth, seen), [scene, nodeWidth, seen]);
  const highlight = useMemo(() => highlightOf(network, scene, selected, hidden), [network, scene, selected, hidden]);
  const labelOf = useCallback((node: SceneNode) => labelIn(network, node), [network]);
  const canvas = useRef<CanvasHandle>(null);
  const [viewport, setViewport] = useState<Viewport>({ x: 0, y: 0, zoom: 1 });
  const [hovered, setHovered] = useState<string | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const keys = useId();

  const nodes = useMemo(
    () => new Map(scene.columns.flatMap((column) => everyNode(column.nodes)).map((node) => [node.id, node])),
    [scene],
  );
  const selectedId = selected === null ? null : (scene.nodeOf.get(selected)?.id ?? null);

  const open = (id: string) => {
    const node = nodes.get(id);
    if (!node) return;
    if (node.element === null && node.group === null) onMore([...more, id]);
    else if (node.isOpen !== null)
      onToggle(toggled.includes(id) ? toggled.filter((each) => each !== id) : [...toggled, id]);
  };
  const select = (id: string | null) => {
    const node = id === null ? undefined : nodes.get(id);
    if (id !== null) setCursor(id);
    if (node?.element === null) open(node.id);
    else onSelect(node?.element ?? null);
  };
  const go = (id: string | null) => {
    const node = id === null ? undefined : nodes.get(id);
    if (!node) return;
    setCursor(node.id);
    canvas.current?.reveal(node.id);
    const links = scene.links.filter(({ from, to }) => from === node.id || to === node.id).length;
    announce(`${saidOf(network, node)}, ${t("picture.node.links", { count: links })}`);
  };
  const press = (event: KeyboardEvent) => {
    const at = cursor !== null && nodes.has(cursor) ? cursor : (selectedId ?? [...nodes.keys()][0] ?? null);
    const direction = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || at === null) return;
    if (direction) go(cursor === null ? at : stepFrom(scene, layout, at, direction, highlight?.nodes ?? null));
    else if (event.key === "Enter") select(at);
    else if (event.key === "Escape") onSelect(null);
    else if (event.key === "+" || event.key === "-") {
      if (nodes.get(at)?.isOpen === (event.key === "-")) open(at);
    } else return;
    event.preventDefault();
  };

  const columns = scene.columns.map(({ kind, nodes }) => `${kindsName(kind)} ${everyNode(nodes).length}`).join(", ");
  const selectedName = selected === null ? undefined : network.elements[selected]?.name;
  return (
    <section className={classes.drawing}>
      <div
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys
        tabIndex={0}
        ref={frame}
        className={classes.frame}
        aria-label={t("picture.label", {
          columns,
          selected: selectedName ? t("picture.label.selected", { name: selectedName }) : t("picture.label.none"),
        })}
        aria-describedby={keys}
        onKeyDown={press}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      >
        {width > 0 && (
          <Canvas
            ref={canvas}
            network={network}
            scene={scene}
            layout={layout}
            scheme={scheme}
            labelOf={labelOf}
            highlight={highlight}
            selected={selectedId}
            cursor={focused ? cursor : null}
            onSelect={select}
            onOpen={open}
            onHover={setHovered}
            onViewport={setViewport}
          />
        )}
      </div>
      <p id={keys} className="seen-by-readers-only">
        {t("picture.keys")}
      </p>
      <Headings network={network} scene={scene} layout={layout} viewport={viewport} />
      {hovered !== null && nodes.has(hovered) && (
        <Hint network={network} node={nodes.get(hovered)} place={layout.places.get(hovered)} viewport={viewport} />
      )}
      <Controls
        canvas={canvas}
        network={network}
        scene={scene}
        layout={layout}
        highlight={highlight}
        selected={selectedId}
        scheme={scheme}
        title={title}
        labelOf={labelOf}
        onDepth={onDepth}
      />
    </section>
  );
}

function highlightOf(
  network: Network,
  scene: ReturnType<typeof sceneOf>,
  selected: number | null,
  hidden: ReadonlySet<string>,
): Highlight | null {
  if (selected === null) return null;
  const lit = litBy(network, [selected], hidden);
  const nodes = new Set([...lit.elements].flatMap((place) => scene.nodeOf.get(place)?.id ?? []));
  const links = new Set(
    scene.links.flatMap(({ id, stands }) => (stands.some((name) => lit.links.has(name)) ? [id] : [])),
  );
  return { nodes, links };
}

/** What stands on a node. */
export function labelIn(network: Network, { element, group, stands }: SceneNode): string {
  if (element !== null) return network.elements[element]?.name ?? "";
  if (group === null) return t("picture.node.rest", { count: stands.length });
  return detailName(group);
}

/** What readers of screens hear of a node. */
function saidOf(network: Network, node: SceneNode): string {
  const [name, kind] = [labelIn(network, node), kindName(node.kind)];
  return node.isOpen === false
    ? t("picture.node.closed", { name, kind, count: node.stands.length - (node.element === null ? 0 : 1) })
    : t("picture.node.said", { name, kind });
}
