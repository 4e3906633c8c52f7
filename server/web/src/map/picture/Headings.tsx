import { count } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { kindsName } from "../network/kinds";
import { type Layout, SIZES } from "../network/layout";
import type { Network } from "../network/network";
import type { Scene } from "../network/scene";
import type { Viewport } from "./Canvas";
import classes from "./Drawing.module.css";

interface HeadingsProps {
  network: Network;
  scene: Scene;
  layout: Layout;
  viewport: Viewport;
}

/** The names of the columns, above them wherever the picture is moved to. They are its legend too. */
export function Headings({ network, scene, layout, viewport: { x, zoom } }: HeadingsProps) {
  const counts = Map.groupBy(network.elements, ({ kind }) => kind);
  return (
    <div className={classes.headings} aria-hidden>
      {scene.columns.map(({ kind }, column) => (
        <div
          key={kind}
          className={classes.heading}
          style={{
            transform: `translateX(${Math.round(x + zoom * (layout.columns[column] ?? 0))}px)`,
            width: Math.round((layout.nodeWidth + SIZES.between / 2) * zoom),
          }}
        >
          <Glyph kind={kind} />
          <span className={classes.headingName}>{kindsName(kind)}</span>
          <span className={classes.headingCount}>{count(counts.get(kind)?.length ?? 0)}</span>
        </div>
      ))}
    </div>
  );
}
