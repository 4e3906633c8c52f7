import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { FolderOpen, Search, SearchX } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { announce } from "../../shared/page/announce";
import { Answered, State } from "../../shared/states";
import { count, ownDay, t } from "../../shared/texts";
import { goingOf } from "../answer/going";
import { lineOf, uniqueBy } from "../answer/names";
import { type HeldAnswer, type Holding, useHeld } from "../answer/useMe";
import { Dated } from "../day/Dated";
import { useDay } from "../day/useDay";
import { CutList } from "../parts/Cut";
import { Row } from "../parts/Row";
import { Section, Sheet } from "../parts/Section";
import { GROUPINGS, grouped, matching } from "./groups";
import classes from "./Held.module.css";
import { HoldingDetail } from "./HoldingDetail";

const VIEW = {
  by: parseAsStringLiteral(GROUPINGS).withDefault("service"),
  find: parseAsString.withDefault(""),
  service: parseAsString,
  open: parseAsString,
};

/** What is held about the person, row by row. */
export default function Held() {
  const answer = useHeld();
  return (
    <Dated title="me.views.held" intro={t("held.intro")} error={answer.error}>
      <Answered answer={answer}>{(held) => (held.totalCount ? <Rows held={held} /> : <Nothing />)}</Answered>
    </Dated>
  );
}

function Nothing() {
  const { on } = useDay();
  return <State icon={FolderOpen} title={t("held.none.title")} hint={t(on ? "held.none.past" : "held.none.hint")} />;
}

function Rows({ held }: { held: HeldAnswer }) {
  const [{ by, find, service, open }, set] = useQueryStates(VIEW, { history: "push" });
  const found = matching(
    held.rows.filter((row) => service === null || lineOf(row).some((each) => each.key === service)),
    find,
  );
  const isFiltered = found.length < held.rows.length;
  const said = isFiltered
    ? t("held.foundOf", { found: found.length, count: held.totalCount })
    : t("held.found", { count: held.totalCount });
  useEffect(() => {
    if (isFiltered) announce(said);
  }, [isFiltered, said]);
  const clear = () => void set({ find: null, service: null });
  return (
    <>
      <div className={classes.tools}>
        <Finder find={find} onFind={(text) => void set({ find: text || null }, { history: "replace" })} />
        <SegmentedControl
          aria-label={t("held.by")}
          value={by}
          onChange={(chosen) => void set({ by: chosen as typeof by })}
          data={GROUPINGS.map((each) => ({ value: each, label: t(`held.by.${each}`) }))}
        />
        <span className={classes.found}>{said}</span>
        {isFiltered && (
          <Button variant="subtle" size="compact-sm" onClick={clear}>
            {t("held.filter.clear")}
          </Button>
        )}
      </div>
      {!found.length && <State icon={SearchX} title={t("held.filter.none")} />}
      {grouped(found, by).map((group) => (
        <Section
          key={group.key}
          title={group.name ?? (by === "service" ? group.key : t("held.other"))}
          hint={group.description}
          aside={count(group.rows.length)}
        >
          <Sheet>
            {group.rows.map((row) => (
              <HoldingRow
                key={row.id}
                row={row}
                showsService={by === "kind"}
                opened={row.id === open}
                onToggle={() => void set({ open: row.id === open ? null : row.id })}
              />
            ))}
          </Sheet>
        </Section>
      ))}
      <CutList shown={held.rows.length} count={held.totalCount} />
    </>
  );
}

/** What is typed is looked for a moment later, and kept in the address. What the address says by then is old, so that
 * only what it did not get from here takes the place of what is typed. */
function Finder({ find, onFind }: { find: string; onFind: (text: string) => void }) {
  const [text, setText] = useState(find);
  const [sent, setSent] = useState(find);
  const [known, setKnown] = useState(find);
  const later = useDebouncedCallback((value: string) => {
    setSent(value);
    onFind(value);
  }, 200);
  if (find !== known) {
    setKnown(find);
    if (find !== sent) {
      setSent(find);
      setText(find);
    }
  }
  return (
    <TextInput
      className={classes.finder ?? ""}
      type="search"
      aria-label={t("held.filter")}
      placeholder={t("held.filter.placeholder")}
      leftSection={<Search aria-hidden size={16} strokeWidth={1.75} />}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        later(value);
      }}
    />
  );
}

interface HoldingRowProps {
  row: Holding;
  showsService: boolean;
  opened: boolean;
  onToggle: () => void;
}

function HoldingRow({ row, showsService, opened, onToggle }: HoldingRowProps) {
  const category = row.category?.name ?? row.categoryKey;
  const service = row.service?.name ?? row.serviceKey;
  const parts = [
    showsService && service,
    row.source && t(`source.${row.source.kind}`),
    t("held.since", { day: ownDay(row.since) }),
  ];
  return (
    <Row
      title={category}
      line={parts.filter(Boolean).join(" · ")}
      aside={<Receivers row={row} />}
      opened={opened}
      onToggle={onToggle}
    >
      <HoldingDetail holding={row} name={t("held.row.name", { category, service })} />
    </Row>
  );
}

/** Who gets it now: by name those whom the policy names, the others by their number. */
function Receivers({ row }: { row: Holding }) {
  const now = row.recipients.filter((each) => goingOf([each.status]) === "NOW").map((each) => each.recipient);
  const received = uniqueBy(now, (each) => each.key);
  const names = received.flatMap((each) => each.name ?? []).slice(0, NAMED_AT_MOST);
  const others = received.length - names.length;
  if (!received.length) return <span className={classes.nobody}>{t("held.nobody")}</span>;
  if (!names.length) return <span className={classes.receivers}>{t("held.receivers", { count: others })}</span>;
  const said = others ? [...names, t("held.receivers.others", { count: others })] : names;
  return <span className={classes.receivers}>{t("held.receivers.named", { names: said.join(", ") })}</span>;
}

const NAMED_AT_MOST = 2;
