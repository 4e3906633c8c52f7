import { ActionIcon, Button } from "@mantine/core";
import { ArrowRightToLine, CircleSlash2, Route, Users, X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { Link, useLocation } from "react-router";
import { ElementDocument, type ElementQuery } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { takeLostFocus } from "../../shared/page/focus";
import { ofRevision } from "../../shared/page/Shell";
import { Answered } from "../../shared/states";
import { day, t } from "../../shared/texts";
import { Glyph } from "../network/Glyph";
import { detailName, kindName } from "../network/kinds";
import { type Kind, type Network, nameOf, type OutlineElement } from "../network/network";
import { useHome } from "../network/useNetwork";
import { questionAddress } from "../questions/address";
import { useRevision } from "../revision/useRevision";
import { ClauseList } from "../words/ClauseList";
import { Part } from "../words/Figures";
import { FindingList } from "../words/FindingList";
import { peopleText } from "../words/people";
import { Connections } from "./Connections";
import classes from "./Details.module.css";

type ElementDetail = NonNullable<NonNullable<ElementQuery["dataMap"]>["element"]>;

interface DetailsProps {
  network: Network;
  selected: number;
  select: (place: number | null) => void;
}

/** What is known of the selected element. */
export function Details({ network, selected, select }: DetailsProps) {
  const element = network.elements[selected];
  const { variables } = useRevision();
  const of = useMemo(() => ({ kind: element?.kind ?? "SERVICE", key: element?.key ?? "" }), [element]);
  const answer = useAnswer(ElementDocument, { ...variables, of });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => takeLostFocus(heading.current), []);
  if (!element) return null;
  return (
    <div className={classes.details}>
      <header className={classes.head}>
        <p className={classes.kind}>
          <Glyph kind={element.kind as Kind} /> {kindName(element.kind as Kind)}
          {element.detail && ` · ${detailName(element.detail)}`}
        </p>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes.close}
          aria-label={t("details.close")}
          onClick={() => select(null)}
        >
          <X size={17} />
        </ActionIcon>
        <h2 ref={heading} tabIndex={-1} className={classes.name}>
          {element.name}
        </h2>
        <p className={classes.key}>{element.key}</p>
      </header>
      <Answered answer={answer} small what={t("details.loading")}>
        {({ dataMap }) =>
          dataMap?.element && <Known detail={dataMap.element} element={element} revision={dataMap.revision.number} />
        }
      </Answered>
      <Connections network={network} selected={selected} select={select} />
    </div>
  );
}

function Known({ detail, element, revision }: { detail: ElementDetail; element: OutlineElement; revision: number }) {
  const { since, people, findings } = detail;
  return (
    <>
      <p className={classes.facts}>
        <span className={classes.people}>
          <Users aria-hidden size={15} strokeWidth={1.75} /> {t("details.people", { people: peopleText(people) })}
        </span>
        {since && (
          <span>
            {since.effectiveAt
              ? t("details.since", { number: String(since.number), day: day(since.effectiveAt) })
              : t("details.sinceRevision", { number: String(since.number) })}
          </span>
        )}
      </p>
      <Questions element={element} />
      {findings.length > 0 && (
        <Part small title={t("details.findings")}>
          <FindingList findings={findings} />
        </Part>
      )}
      <Attributes detail={detail} />
      <Part small title={t("details.clauses")}>
        <ClauseList clauses={detail.element.clauses} revision={revision} />
      </Part>
    </>
  );
}

/** What can be asked about an element, each by one click. */
function Questions({ element }: { element: OutlineElement }) {
  const kept = ofRevision(useLocation().search);
  const home = useHome();
  const name = nameOf(element);
  const names = [name];
  const { kind } = element;
  const asked: [string, string, ReactNode][] = [];
  if (name !== home) {
    const goes = questionAddress("impact", { of: names }, kept);
    asked.push([goes, t("details.ask.impact"), <CircleSlash2 key="impact" size={14} />]);
  }
  const leads = questionAddress("paths", { from: names }, kept);
  const icon = <Route size={14} />;
  if (kind === "SERVICE" || kind === "SOURCE") asked.push([leads, t("details.ask.goes"), icon]);
  if (kind === "DATA_CATEGORY") {
    asked.push([leads, t("details.ask.receives"), <ArrowRightToLine key="receives" size={14} />]);
  }
  if (kind === "RECIPIENT" || kind === "COUNTRY") {
    asked.push([questionAddress("paths", { to: names }, kept), t("details.ask.comes"), icon]);
  }
  return (
    <div className={classes.questions}>
      {asked.map(([address, text, sign]) => (
        <Button key={address} component={Link} to={address} size="compact-sm" variant="default" leftSection={sign}>
          {text}
        </Button>
      ))}
    </div>
  );
}

function Attributes({ detail: { element } }: { detail: ElementDetail }) {
  const rows: [string, ReactNode][] = [];
  const add = (title: string, value: ReactNode) => value && rows.push([title, value]);
  // What has no name is called by its description.
  if ("description" in element && !("isNamed" in element && !element.isNamed)) {
    add(t("attribute.description"), element.description);
  }
  if (element.__typename === "Recipient") {
    if (!element.isNamed) add(t("attribute.name"), t("attribute.unnamed"));
    add(t("attribute.function"), element.function);
    add(t("attribute.safeguards"), element.safeguards.map(({ name }) => name).join(", "));
  }
  if (element.__typename === "Purpose" && element.isDirectMarketing) {
    add(t("attribute.marketing"), t("attribute.marketing.yes"));
  }
  if (element.__typename === "Service") add(t("attribute.owner"), element.owner);
  if ("note" in element) add(t("attribute.note"), element.note);
  if (rows.length === 0) return null;
  return (
    <dl className={classes.attributes}>
      {rows.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
