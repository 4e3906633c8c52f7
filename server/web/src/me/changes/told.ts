import type { NoticePartsQuery } from "../../gql/graphql";
import { findText, t } from "../../shared/texts";

export type Notice = Extract<NonNullable<NoticePartsQuery["node"]>, { __typename: "Notice" }>;
export type Item = Notice["items"][number];
type Recipient = Item["recipients"][number];
type Detail = Item["details"][number];
type HoldingsTold = Item["holdings"][number];

export type Line = readonly [label: string, value: string];

/** What changes, in a line. */
export function headingOf({ kind, about, recipients }: Item): string {
  const [recipient] = recipients;
  return t(`change.${kind}`, { name: about?.name ?? (recipient ? recipientName(recipient) : "") });
}

/** What is said of the day from which a revision applies. `isWithdrawn`: it was announced, and taken back. */
export function fromOf(isWithdrawn: boolean, isInForce: boolean) {
  if (isWithdrawn) return "changes.wasFrom";
  return isInForce ? "changes.since" : "changes.from";
}

/** Whom and what an item is about, line by line. */
export function linesOf(item: Item): Line[] {
  const { holdings, decisions, recipients, purposes, about, kind } = item;
  const [recipient] = recipients;
  const lines: (Line | false | undefined)[] = [
    holdings.length > 0 && [t("changes.line.data"), holdings.map(heldOf).join("; ")],
    decisions.length > 0 && [t("changes.line.decisions"), named(decisions)],
    !holdings.length && !decisions.length && [t("changes.line.whom"), t("changes.everyone")],
    ...(about?.type === "Recipient" && recipient ? recipientLines(recipient, item) : []),
    about?.type !== "Recipient" &&
      recipients.length > 0 && [t("changes.line.recipients"), recipients.map(recipientName).join("; ")],
    kind === "PURPOSE_ADDED" && [
      t("choices.basis"),
      [...new Set(purposes.flatMap((each) => each.legalBases))].map((basis) => t(`basis.${basis}`)).join(" "),
    ],
    ["Recipient", "Country", "DataCategory"].includes(about?.type ?? "") &&
      purposes.length > 0 && [t("changes.line.purposes"), named(purposes)],
  ];
  return lines.filter((line) => line !== false && line !== undefined);
}

function recipientLines(recipient: Recipient, { kind, details }: Item): (Line | false)[] {
  const isNew = kind === "RECIPIENT_ADDED";
  const isElsewhere =
    isNew || details.some(({ of, attribute }) => of?.type === "Country" || attribute === "LOCATED_IN");
  const onlyIf = recipient.cases.length > 0 && recipient.cases.every(({ condition }) => condition !== "NONE");
  return [
    [t("changes.line.function"), recipient.function],
    isNew && [t("changes.line.kind"), t(`recipientKind.${recipient.kind}`)],
    isElsewhere &&
      recipient.countries.length > 0 && [
        t("changes.line.where"),
        recipient.countries.map(({ name, adequacy }) => `${name}: ${t(`adequacy.${adequacy}`)}`).join("; "),
      ],
    isElsewhere && recipient.safeguards.length > 0 && [t("changes.line.safeguards"), named(recipient.safeguards)],
    isNew && recipient.via.length > 0 && [t("changes.line.via"), named(recipient.via)],
    isNew && onlyIf && [t("changes.line.onlyIf"), named(recipient.cases)],
    isNew && !recipient.isIdentifiable && [t("changes.line.form"), t("holding.anonymous")],
  ];
}

export interface Turn {
  label: string;
  before?: string;
  after: string;
}

// A rule's criterion says in words what these say.
const SAID_BY_CRITERION = ["period", "start"];

/** What is said of where a clause that changes stands. `isWithdrawn`: as of `fromOf`. */
export function placeOf(isWithdrawn: boolean, isBefore: boolean, isAfter: boolean) {
  if (!isAfter) return isWithdrawn ? "changes.word.announcedToGo" : "changes.word.removed";
  if (isWithdrawn) return "changes.word.announced";
  return isBefore ? "changes.word.reworded" : "changes.word.added";
}

/** From what to what something turns that was there before and is still there. `isWithdrawn`: as of `fromOf`. */
export function turnsOf({ kind, details }: Item, isWithdrawn = false): Turn[] {
  if (/_(ADDED|REMOVED)$/.test(kind)) return [];
  const hasCriterion = details.some((each) => each.kind === "ALTERED" && each.attribute === "criterion");
  const shown = details.filter(({ attribute }) => !(hasCriterion && SAID_BY_CRITERION.includes(attribute ?? "")));
  return shown.flatMap((detail) => turnOf(detail, isWithdrawn) ?? []);
}

function turnOf({ kind, of, attribute, before, after, holdings }: Detail, isWithdrawn: boolean): Turn | null {
  if (!of) return null;
  const said = isWithdrawn ? "announced" : "turn";
  if (!attribute) {
    const how = kind === "REMOVED" ? "REMOVED" : "ADDED";
    if (of.type === "Disclosure" || of.type === "Processing") {
      const held = holdings.map(heldOf).join("; ");
      return held ? { label: t(`changes.${said}.${of.type}.${how}`), after: held } : null;
    }
    return of.name ? { label: t(`changes.${said}.${how}`), after: of.name } : null;
  }
  const [name = ""] = attribute.split(".");
  const label =
    findText(`told.${of.type === "Right" && name === "exceptions" ? "exceptionsOfRight" : name}`) ?? t("told.other");
  if (kind === "LINKED") return { label: t(`changes.${said}.linked`, { label }), after: after ?? "" };
  if (kind === "UNLINKED") return { label: t(`changes.${said}.unlinked`, { label }), after: before ?? "" };
  const [old, becomes] = [before, after].map((value) => worded(of.type, name, value));
  return old === becomes ? null : { label, before: old ?? "", after: becomes ?? "" };
}

/** The catalogue's words for values of the map. */
const WORDS: Record<string, string> = {
  "Recipient.kind": "recipientKind",
  "Source.kind": "source",
  "DataCategory.kind": "categoryKind",
  "Exclusion.kind": "never",
  "Measure.kind": "measureKind",
  legal_basis: "basis.short",
  adequacy: "adequacy",
  outcome: "outcome",
  start: "start",
  condition: "condition",
  special: "flag",
  direct_marketing: "flag",
  identifiable: "flag",
  notice_channels: "channels",
};

function worded(type: string, attribute: string, value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return t("told.nothing");
  if (attribute === "period") return lengthOf(value);
  const words = WORDS[attribute] ?? WORDS[`${type}.${attribute}`];
  if (!words) return value;
  return value
    .split(", ")
    .map((each) => findText(`${words}.${each}`) ?? each)
    .join(", ");
}

/** As people say it what the map writes as `P1Y6M`. */
function lengthOf(period: string): string {
  const [, years, months, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(period) ?? [];
  const said = [
    years && t("period.years", { count: Number(years) }),
    months && t("period.months", { count: Number(months) }),
    days && t("period.days", { count: Number(days) }),
  ];
  return said.filter(Boolean).join(", ") || period;
}

export function heldOf({ services, categories }: HoldingsTold): string {
  return categories.length
    ? t("changes.heldBy", { categories: named(categories), services: named(services, ", ") })
    : t("changes.allOf", { services: named(services, ", ") });
}

const recipientName = ({ name, function: does }: Recipient): string => name ?? t("changes.unnamed", { function: does });

const named = (elements: readonly { key: string; name?: string | null | undefined }[], separator = ", "): string =>
  elements.map((each) => each.name ?? each.key).join(separator);
