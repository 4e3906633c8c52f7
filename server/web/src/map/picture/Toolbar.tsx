import { Button, Checkbox, Popover, SegmentedControl, Select, TextInput } from "@mantine/core";
import { ListFilter, PanelRight, Search, Table2, TriangleAlert, Waypoints, X } from "lucide-react";
import { useMemo } from "react";
import { useOpen } from "../../shared/page/useOpen";
import { t } from "../../shared/texts";
import { type Filtered, MARKS } from "../network/filter";
import { Glyph } from "../network/Glyph";
import { detailName, kindName, kindsName } from "../network/kinds";
import { KINDS, type Kind, type Network, nameOf } from "../network/network";
import classes from "./Toolbar.module.css";
import type { SetView, View } from "./useView";

interface ToolbarProps {
  network: Network;
  filter: Filtered | null;
  view: View;
  set: SetView;
  /** What can be shown. */
  shown: readonly View["show"][];
  select: (place: number) => void;
  isComplete: boolean;
}

const FOUND_AT_MOST = 50;
/** As wide as a phone allows: names may be sentences. */
const FOUND_WIDTH = "min(24rem, calc(100vw - 1.75rem))";
const ICONS = { both: PanelRight, picture: Waypoints, table: Table2 };

/** What finds an element, and what narrows down which are shown. */
export function Toolbar({ network, view, set, shown, select, isComplete }: ToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <Find network={network} select={select} />
      <Filters network={network} view={view} set={set} />
      {!isComplete && (
        <span className={classes.cut} role="alert">
          <TriangleAlert aria-hidden size={15} /> {t("picture.incomplete")}
        </span>
      )}
      <SegmentedControl
        size="xs"
        className={classes.shown}
        aria-label={t("picture.show")}
        value={view.show}
        onChange={(show) => void set({ show: shown.find((each) => each === show) ?? null })}
        data={shown.map((value) => {
          const Icon = ICONS[value];
          return {
            value,
            label: (
              <span className={classes.segment}>
                <Icon aria-hidden size={14} /> <span className={classes.segmentText}>{t(`picture.show.${value}`)}</span>
              </span>
            ),
          };
        })}
      />
    </div>
  );
}

function Find({ network, select }: Pick<ToolbarProps, "network" | "select">) {
  const data = useMemo(
    () =>
      KINDS.map((kind) => ({
        group: kindsName(kind),
        items: network.elements.flatMap((element) =>
          element.kind === kind ? [{ value: nameOf(element), label: element.name }] : [],
        ),
      })),
    [network],
  );
  return (
    <Select
      size="xs"
      className={classes.find}
      aria-label={t("picture.search")}
      placeholder={t("picture.search")}
      leftSection={<Search aria-hidden size={14} />}
      rightSection={<span />}
      searchable
      clearable={false}
      limit={FOUND_AT_MOST}
      withScrollArea={false}
      comboboxProps={{ withinPortal: false, keepMounted: false, width: FOUND_WIDTH, position: "bottom-start" }}
      classNames={{ options: classes.options ?? "" }}
      value={null}
      data={data}
      nothingFoundMessage={t("picture.search.none")}
      renderOption={({ option }) => {
        const element = network.elements[network.places.get(option.value) ?? -1];
        return (
          <span className={classes.found}>
            {element && <Glyph kind={element.kind as Kind} size={11} />} {option.label}
          </span>
        );
      }}
      onChange={(value) => {
        const place = value === null ? undefined : network.places.get(value);
        if (place !== undefined) select(place);
      }}
    />
  );
}

function Filters({ network, view, set }: Pick<ToolbarProps, "network" | "view" | "set">) {
  const { q, mark, detail, hide } = view;
  const open = useOpen();
  const count = Number(q.trim() !== "") + mark.length + detail.length + hide.length;
  const details = useMemo(
    () =>
      KINDS.flatMap((kind) => {
        const found = new Set(
          network.elements.flatMap((each) => (each.kind === kind && each.detail ? [each.detail] : [])),
        );
        return found.size > 1 ? [{ kind, details: [...found] }] : [];
      }),
    [network],
  );
  const toggled = <Value extends string>(values: readonly Value[], value: Value) =>
    values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  return (
    <>
      <Popover {...open} position="bottom-start" width="18rem" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            size="xs"
            variant={count > 0 ? "light" : "default"}
            leftSection={<ListFilter aria-hidden size={14} />}
            onClick={() => open.onChange(!open.opened)}
          >
            {count > 0 ? t("picture.filters.count", { count }) : t("picture.filters")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.filters}>
          <TextInput
            size="xs"
            label={t("picture.filters.text")}
            classNames={{ label: classes.label ?? "" }}
            value={q}
            onChange={({ currentTarget: { value } }) => void set({ q: value || null })}
          />
          <fieldset className={classes.set}>
            <legend>{t("picture.filters.marks")}</legend>
            {MARKS.map((each) => (
              <Checkbox
                key={each}
                size="xs"
                label={t(`picture.mark.${each}`)}
                checked={mark.includes(each)}
                onChange={() => void set({ mark: toggled(mark, each) })}
              />
            ))}
          </fieldset>
          <fieldset className={classes.set}>
            <legend>{t("picture.filters.kinds")}</legend>
            {KINDS.map((kind) => (
              <Checkbox
                key={kind}
                size="xs"
                label={kindsName(kind)}
                checked={!hide.includes(kind)}
                onChange={() => void set({ hide: toggled(hide, kind) })}
              />
            ))}
          </fieldset>
          {details.map(({ kind, details: found }) => (
            <fieldset key={kind} className={classes.set}>
              <legend>{kindName(kind)}</legend>
              {found.map((each) => (
                <Checkbox
                  key={each}
                  size="xs"
                  label={detailName(each)}
                  checked={detail.includes(each)}
                  onChange={() => void set({ detail: toggled(detail, each) })}
                />
              ))}
            </fieldset>
          ))}
        </Popover.Dropdown>
      </Popover>
      {count > 0 && (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<X aria-hidden size={14} />}
          onClick={() => void set({ q: null, mark: null, detail: null, hide: null })}
        >
          {t("picture.clear")}
        </Button>
      )}
    </>
  );
}
