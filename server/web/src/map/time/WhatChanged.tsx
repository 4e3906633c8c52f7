import { ActionIcon, Anchor } from "@mantine/core";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import type { ToldChangeFragment } from "../../gql/graphql";
import { t } from "../../shared/texts";
import { nameOf } from "../network/network";
import { changesOf, isDrawn, type Pair } from "./beside";
import { ChangeItem } from "./ChangeItem";
import type { TwoRevisions } from "./Changes";
import list from "./Changes.module.css";
import classes from "./WhatChanged.module.css";

interface WhatChangedProps {
  pair: Pair;
  changes: readonly ToldChangeFragment[];
  /** Whether all changes are known. */
  isWhole: boolean;
  revisions: TwoRevisions;
  close: () => void;
  /** Gives the focus back to where it was selected. */
  giveBack: () => void;
}

/** What changed of the element that is selected. */
export function WhatChanged({ pair, changes, isWhole, revisions, close, giveBack }: WhatChangedProps) {
  const name = pair.new ?? pair.old ?? pair.key;
  const own = changesOf(pair, changes);
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    return giveBack;
  }, [giveBack]);
  return (
    <section
      ref={panel}
      className={classes.panel}
      aria-label={t("time.map.what", { name })}
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <header className={classes.head}>
        <h2 ref={heading} tabIndex={-1}>
          {t("time.map.what", { name })}
        </h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t("common.close")} onClick={close}>
          <X size={17} />
        </ActionIcon>
      </header>
      {own.length === 0 ? (
        <p className={classes.nothing}>{t(isWhole ? "time.map.what.nothing" : "time.map.what.unknown")}</p>
      ) : (
        <ul className={list.changes}>
          {own.map((change) => (
            <ChangeItem key={change.key} change={change} revisions={revisions} />
          ))}
        </ul>
      )}
      {isDrawn(pair.kind) && (
        <p className={classes.look}>
          <Anchor
            inherit
            component={Link}
            to={`/?${new URLSearchParams({
              revision: String(pair.new === null ? revisions.from : revisions.to),
              select: nameOf(pair),
            })}`}
          >
            {t("time.map.look")}
          </Anchor>
        </p>
      )}
    </section>
  );
}
