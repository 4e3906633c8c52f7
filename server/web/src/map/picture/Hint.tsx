import { t } from "../../shared/texts";
import { Badge, Glyph } from "../network/Glyph";
import { detailName, kindName } from "../network/kinds";
import { type Place, SIZES } from "../network/layout";
import { marksOf } from "../network/marks";
import type { Network } from "../network/network";
import type { SceneNode } from "../network/scene";
import type { Viewport } from "./Canvas";
import classes from "./Drawing.module.css";

interface HintProps {
  network: Network;
  node: SceneNode | undefined;
  place: Place | undefined;
  viewport: Viewport;
}

/** The whole name of the node that the mouse is over, and what its marks mean. */
export function Hint({ network, node, place, viewport: { x, y, zoom } }: HintProps) {
  const element = node?.element === null || node === undefined ? undefined : network.elements[node.element];
  if (!node || !element || !place) return null;
  const { violations, gaps, isNamed, isStated, isApart, inside } = marksOf(network, node);
  return (
    <div
      className={classes.hint}
      style={{ left: Math.max(8, x + zoom * place.x), top: y + zoom * (place.y + SIZES.height) + 6 }}
      aria-hidden
    >
      <strong>{element.name}</strong>
      <span className={classes.hintKind}>
        <Glyph kind={node.kind} size={10} /> {kindName(node.kind)}
        {element.detail && ` · ${detailName(element.detail)}`}
      </span>
      {violations > 0 && (
        <span className={classes.hintMark}>
          <Badge of="violation" /> {t("table.marks.violations", { count: violations })}
        </span>
      )}
      {gaps > 0 && (
        <span className={classes.hintMark}>
          <Badge of="gap" /> {t("table.marks.gaps", { count: gaps })}
        </span>
      )}
      {!isNamed && <span className={classes.hintMark}>{t("picture.legend.unnamed")}</span>}
      {!isStated && <span className={classes.hintMark}>{t("picture.legend.unstated")}</span>}
      {isApart && <span className={classes.hintMark}>{t("picture.legend.apart")}</span>}
      {inside > 0 && <span className={classes.hintMark}>{t("picture.hint.inside", { count: inside })}</span>}
    </div>
  );
}
