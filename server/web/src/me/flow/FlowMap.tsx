import { useElementSize } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { Link, useHref, useLocation, useNavigate } from "react-router";
import { ofRevision } from "../../shared/page/Shell";
import { type PlainKey, t } from "../../shared/texts";
import { GoingStanding } from "../parts/Standing";
import classes from "./FlowMap.module.css";
import { connectedTo, type Flow, type FlowKind, type FlowNode } from "./flow";
import { layOut, type Placed } from "./layOut";

const HEADINGS: Record<FlowKind, PlainKey> = {
  you: "flow.you",
  service: "flow.column.services",
  recipient: "flow.column.recipients",
  country: "flow.column.countries",
};

/** Where data goes, drawn, and the same as a list. */
export function FlowMap({ flow }: { flow: Flow }) {
  const { ref, width } = useElementSize();
  const [at, setAt] = useState<string | null>(null);
  const drawn = useMemo(() => (width ? layOut(flow, width) : null), [flow, width]);
  const lit = useMemo(() => at && connectedTo(at, flow), [at, flow]);
  const shade = (...ids: string[]) => (lit ? (ids.every((id) => lit.has(id)) ? classes.lit : classes.faded) : "");
  return (
    <figure className={classes.frame}>
      <div ref={ref} className={classes.drawing}>
        {drawn && (
          <svg
            className={classes.map}
            width={drawn.width}
            height={drawn.height}
            viewBox={`0 0 ${drawn.width} ${drawn.height}`}
            aria-label={t("flow.label")}
          >
            <g className={classes.headings} aria-hidden>
              {drawn.headings.map(({ kind, x, y }) => (
                <text key={kind} x={x} y={y}>
                  {t(HEADINGS[kind])}
                </text>
              ))}
            </g>
            <g aria-hidden>
              {drawn.edges.map(({ from, to, going, path }) => (
                <path
                  key={`${from} ${to}`}
                  d={path}
                  className={`${classes.edge} ${classes[going]} ${shade(from, to)}`}
                />
              ))}
            </g>
            {drawn.nodes.map((node) => (
              <Node key={node.id} node={node} shade={shade(node.id)} onPoint={setAt} />
            ))}
          </svg>
        )}
      </div>
      <Legend flow={flow} />
      <List flow={flow} />
    </figure>
  );
}

interface NodeProps {
  node: Placed;
  shade: string | undefined;
  onPoint: (id: string | null) => void;
}

function Node({ node, shade, onPoint }: NodeProps) {
  const to = useTarget(node);
  const href = useHref(to ?? "");
  const navigate = useNavigate();
  const content = (
    <>
      <rect className={classes.box} x={node.x} y={node.y} width={node.width} height={node.height} rx={6} />
      <rect className={classes.side} x={node.x} y={node.y} width={4} height={node.height} rx={2} />
      <text>
        {node.lines.map((line, index) => (
          <tspan
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing else that it could be known by
            key={index}
            x={node.x + 14}
            y={node.y + node.height / 2 + 4.5 + (index - (node.lines.length - 1) / 2) * 17}
          >
            {`${line} `}
          </tspan>
        ))}
      </text>
    </>
  );
  const pointed = { onPointerEnter: () => onPoint(node.id), onPointerLeave: () => onPoint(null) };
  const className = `${classes.node} ${classes[node.kind]} ${shade}`;
  if (!to) {
    return (
      <g className={className} {...pointed}>
        {content}
      </g>
    );
  }
  return (
    <a
      href={href}
      className={className}
      aria-label={node.name}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        void navigate(to);
      }}
      onFocus={() => onPoint(node.id)}
      onBlur={() => onPoint(null)}
      {...pointed}
    >
      {content}
    </a>
  );
}

/** The address of what tells more of a node, on the day that is looked at. */
function useTarget({ kind, key }: Pick<FlowNode, "kind" | "key">): string | null {
  const given = new URLSearchParams(ofRevision(useLocation().search));
  if (kind === "service") return `/held?${new URLSearchParams([["service", key], ...given])}`;
  if (kind === "recipient") return `/recipients?${new URLSearchParams([["open", key], ...given])}`;
  return null;
}

function Legend({ flow }: { flow: Flow }) {
  const shown = (["NOW", "MAYBE", "NOT"] as const).filter((going) => flow.edges.some((edge) => edge.going === going));
  if (shown.length < 2) return null;
  return (
    <p className={classes.legend}>
      {shown.map((going) => (
        <span key={going} className={classes.sample}>
          <svg width={28} height={8} aria-hidden="true">
            <path d="M0 4H28" className={`${classes.edge} ${classes[going]}`} />
          </svg>
          {t(`flow.legend.${going}`)}
        </span>
      ))}
    </p>
  );
}

function List({ flow: { nodes, edges } }: { flow: Flow }) {
  const found = new Map(nodes.map((node) => [node.id, node]));
  const goals = (id: string) =>
    edges.flatMap((edge) => {
      const node = edge.from === id && found.get(edge.to);
      return node ? [{ node, going: edge.going }] : [];
    });
  return (
    <details className={classes.list}>
      <summary>{t("flow.asList")}</summary>
      <ul>
        {nodes
          .filter((node) => node.kind === "service")
          .map((service) => (
            <li key={service.id}>
              <Named node={service} />
              <ul>
                {goals(service.id).map(({ node, going }) => (
                  <li key={node.id}>
                    <Named node={node} />{" "}
                    <span className={classes.where}>
                      (
                      {goals(node.id)
                        .map((goal) => goal.node.name)
                        .join(", ")}
                      )
                    </span>{" "}
                    <GoingStanding going={going} />
                  </li>
                ))}
                {!goals(service.id).length && <li className={classes.where}>{t("flow.list.nobody")}</li>}
              </ul>
            </li>
          ))}
      </ul>
    </details>
  );
}

function Named({ node }: { node: FlowNode }) {
  return <Link to={useTarget(node) ?? ""}>{node.name}</Link>;
}
