import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { OverviewDocument, type OverviewQuery, UnreadDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { ofRevision } from "../../shared/page/Shell";
import { Answered } from "../../shared/states";
import { ownDay, t } from "../../shared/texts";
import { goingOf } from "../answer/going";
import { uniqueBy } from "../answer/names";
import { type Holding, useHeld } from "../answer/useMe";
import { type Decision, isOn, type Purpose, sayOf, standOf } from "../choices/standing";
import { useDecisions, usePurposes } from "../choices/useDecisions";
import { Dated } from "../day/Dated";
import { useDay } from "../day/useDay";
import { FlowMap } from "../flow/FlowMap";
import { useFlow } from "../flow/useFlow";
import { Cut } from "../parts/Cut";
import { Section } from "../parts/Section";
import classes from "./Overview.module.css";

/** Everything in a few sentences, each of which leads to its view. */
export default function Overview() {
  const { asOf } = useDay();
  const held = useHeld();
  const answer = useAnswer(OverviewDocument, { asOf }, { keepPrevious: true });
  const company = answer.data?.dataMap?.controller.name;
  return (
    <Dated title="me.title" intro={company && t("overview.intro", { company })} error={held.error}>
      <Answered answer={held}>
        {({ rows, totalCount }) => (
          <Answered answer={answer}>
            {(rest) => (
              <>
                <Cut shown={rows.length} count={totalCount} />
                <div className={classes.tiles}>
                  <HeldTile rows={rows} />
                  <ReceiversTile rows={rows} />
                  <ChoicesTile />
                  {asOf === null && <ChangesTile />}
                  <LooksTile count={rest.me?.accessedBy.totalCount ?? 0} />
                  <NeverTile rest={rest} />
                </div>
                {rows.length > 0 && <Flow rows={rows} />}
              </>
            )}
          </Answered>
        )}
      </Answered>
    </Dated>
  );
}

function Flow({ rows }: { rows: readonly Holding[] }) {
  const flow = useFlow(rows, false);
  return (
    <Section title={t("overview.map")} hint={t("overview.map.hint")}>
      <FlowMap flow={flow} />
    </Section>
  );
}

interface TileProps {
  to: string;
  label: string;
  children: ReactNode;
  hint?: ReactNode;
}

function Tile({ to, label, children, hint }: TileProps) {
  const [pathname = "", hash] = to.split("#");
  const search = ofRevision(useLocation().search);
  return (
    <Link to={{ pathname, search, hash: hash ?? "" }} className={classes.tile}>
      <span className={classes.label}>
        {label}
        <ArrowRight aria-hidden size={15} strokeWidth={2} />
      </span>
      <span className={classes.said}>{children}</span>
      {hint && <span className={classes.hint}>{hint}</span>}
    </Link>
  );
}

function HeldTile({ rows }: { rows: readonly Holding[] }) {
  const kinds = uniqueBy(rows, (row) => row.categoryKey).length;
  const services = uniqueBy(rows, (row) => row.serviceKey).length;
  const oldest = rows.map((row) => row.since).toSorted()[0];
  return (
    <Tile
      to="/held"
      label={t("me.views.held")}
      hint={oldest ? t("overview.held.since", { day: ownDay(oldest) }) : t("overview.nothing.hint")}
    >
      {kinds > 0
        ? `${t("overview.held", { count: kinds })}, ${t("overview.held.services", { count: services })}`
        : t("overview.nothing")}
    </Tile>
  );
}

function ReceiversTile({ rows }: { rows: readonly Holding[] }) {
  const ways = rows.flatMap((row) => row.recipients);
  const received = uniqueBy(ways, (way) => way.recipient.key).map(({ recipient }) => ({
    recipient,
    going: goingOf(ways.filter((way) => way.recipient.key === recipient.key).map((way) => way.status)),
  }));
  const now = received.filter((each) => each.going === "NOW");
  const maybe = received.filter((each) => each.going === "MAYBE").length;
  const countries = uniqueBy(
    now.flatMap((each) => each.recipient.countries),
    (each) => each.key,
  ).map((each) => each.name);
  const nowhere = now.filter((each) => !each.recipient.countries.length).length;
  const hints = [
    countries.length > 0 && t("overview.receivers.inCountries", { countries: countries.join(", ") }),
    nowhere > 0 && t("overview.receivers.noCountry", { count: nowhere }),
    maybe > 0 && t("overview.receivers.maybe", { count: maybe }),
  ];
  return (
    <Tile to="/recipients" label={t("me.views.recipients")} hint={hints.filter(Boolean).join(" ")}>
      {now.length > 0 ? t("overview.receivers", { count: now.length }) : t("overview.receivers.none")}
    </Tile>
  );
}

function ChoicesTile() {
  const purposes = usePurposes();
  const decisions = useDecisions();
  return (
    <Answered answer={purposes} small>
      {(all) => (
        <Answered answer={decisions} small>
          {(decided) => <Choices purposes={all.rows} decisions={decided.rows} />}
        </Answered>
      )}
    </Answered>
  );
}

function Choices({ purposes, decisions }: { purposes: readonly Purpose[]; decisions: readonly Decision[] }) {
  const stands = purposes.map((purpose) => ({
    name: purpose.name,
    say: sayOf(purpose),
    stand: standOf(decisions.filter((each) => each.purposeKey === purpose.key)),
  }));
  const asked = stands.filter(({ say }) => say === "asked");
  const stopped = stands.filter(({ say, stand }) => stand.restricts || (say === "open" && !isOn(say, stand)));
  const [agreed, refused] = [true, false].map((on) => asked.filter(({ say, stand }) => isOn(say, stand) === on));
  const namesOf = (of: typeof stands = []) => of.map(({ name }) => name).join(", ");
  const hints = [
    agreed?.length && t("overview.choices.agreed", { names: namesOf(agreed) }),
    refused?.length && t("overview.choices.notAgreed", { names: namesOf(refused) }),
    stopped.length && t("overview.choices.stopped", { names: namesOf(stopped) }),
  ];
  return (
    <Tile to="/choices" label={t("me.views.choices")} hint={hints.filter(Boolean).join(" ")}>
      {asked.length > 0 ? t("overview.choices.asked", { count: asked.length }) : t("overview.choices.none")}
    </Tile>
  );
}

function ChangesTile() {
  const answer = useAnswer(UnreadDocument, {}, { onFocus: true });
  return (
    <Answered answer={answer} small>
      {({ me }) => (
        <Tile to="/changes" label={t("me.views.changes")} hint={t("overview.changes.hint")}>
          {me?.unreadNotices ? t("overview.changes", { count: me.unreadNotices }) : t("overview.changes.none")}
        </Tile>
      )}
    </Answered>
  );
}

function LooksTile({ count }: { count: number }) {
  return (
    <Tile to="/looks" label={t("me.views.looks")} hint={t("overview.looks.hint")}>
      {count > 0 ? t("overview.looks", { count }) : t("overview.looks.none")}
    </Tile>
  );
}

const NAMED = 3;

function NeverTile({ rest: { me } }: { rest: OverviewQuery }) {
  const never = (me?.neverHeld ?? []).filter((each) => each.kind === "CATEGORY").map((each) => each.name);
  if (!never.length) return null;
  const more = never.length - NAMED;
  const names = [...never.slice(0, NAMED), ...(more > 0 ? [t("me.list.more", { count: more })] : [])].join(", ");
  return (
    <Tile to="/rights#never" label={t("me.views.rights")} hint={t("overview.never.hint", { names })}>
      {t("overview.never")}
    </Tile>
  );
}
