import { ActionIcon, Menu, Popover, Tooltip } from "@mantine/core";
import { ChevronsDownUp, ChevronsUpDown, Download, Info, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { announce } from "../../shared/page/announce";
import { useOpen } from "../../shared/page/useOpen";
import { t } from "../../shared/texts";
import type { Scheme } from "../../shared/theme/colours";
import { Badge, Glyph } from "../network/Glyph";
import { kindName } from "../network/kinds";
import type { Layout } from "../network/layout";
import { KINDS, type Network } from "../network/network";
import type { Depth, Scene, SceneNode } from "../network/scene";
import type { CanvasHandle, Highlight } from "./Canvas";
import classes from "./Drawing.module.css";
import { saveAsPng, saveAsSvg } from "./save";

interface ControlsProps {
  canvas: RefObject<CanvasHandle | null>;
  network: Network;
  scene: Scene;
  layout: Layout;
  highlight: Highlight | null;
  selected: string | null;
  scheme: Scheme;
  title: string;
  labelOf: (node: SceneNode) => string;
  onDepth: (depth: Depth) => void;
}

/** What moves the picture, explains and saves it. */
export function Controls({ canvas, onDepth, ...drawn }: ControlsProps) {
  const wholes = drawn.network.parts.some((parts) => parts.length > 0);
  const { isOpenAtFirst } = drawn.scene;
  const legend = useOpen();
  const saving = useOpen();
  const save = (format: typeof saveAsSvg | typeof saveAsPng) => {
    format(drawn).catch(() => announce(t("picture.save.failed")));
  };
  return (
    <div className={classes.controls} role="toolbar" aria-label={t("picture.controls")}>
      <Control label={t("picture.zoomIn")} icon={<ZoomIn size={17} />} onClick={() => canvas.current?.zoom("in")} />
      <Control label={t("picture.zoomOut")} icon={<ZoomOut size={17} />} onClick={() => canvas.current?.zoom("out")} />
      <Control label={t("picture.fit")} icon={<Maximize size={16} />} onClick={() => canvas.current?.showAll()} />
      {wholes && (
        <Control
          label={t(isOpenAtFirst ? "picture.closeAll" : "picture.openAll")}
          icon={isOpenAtFirst ? <ChevronsDownUp size={17} /> : <ChevronsUpDown size={17} />}
          onClick={() => onDepth(isOpenAtFirst ? "closed" : "open")}
        />
      )}
      <Popover {...legend} position="top-start" shadow="md" returnFocus>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("picture.legend")}
            title={t("picture.legend")}
            onClick={() => legend.onChange(!legend.opened)}
          >
            <Info size={17} strokeWidth={1.75} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Legend />
        </Popover.Dropdown>
      </Popover>
      <Menu {...saving} position="top-start" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("picture.save")} title={t("picture.save")}>
            <Download size={16} strokeWidth={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save(saveAsSvg)}>{t("picture.save.svg")}</Menu.Item>
          <Menu.Item onClick={() => save(saveAsPng)}>{t("picture.save.png")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Control({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Legend() {
  const rows: [string, ReactNode][] = [
    ...KINDS.map((kind): [string, ReactNode] => [kindName(kind), <Glyph key={kind} kind={kind} />]),
    [t("picture.legend.violation"), <Badge key="violation" of="violation" />],
    [t("picture.legend.gap"), <Badge key="gap" of="gap" />],
    [
      t("picture.legend.unnamed"),
      <em key="unnamed" className={classes.letters}>
        Aa
      </em>,
    ],
    [t("picture.legend.unstated"), <span key="unstated" className={`${classes.swatch} ${classes.dashed}`} />],
    [t("picture.legend.apart"), <span key="apart" className={`${classes.swatch} ${classes.faint}`} />],
    [
      t("picture.legend.closed"),
      <span key="closed" className={classes.letters}>
        +3
      </span>,
    ],
  ];
  return (
    <dl className={classes.legend}>
      {rows.map(([text, sign]) => (
        <div key={text} style={{ display: "contents" }}>
          <dt>{sign}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
