import { expect, test } from "vitest";
import type { NamedFragment, ToldChangeFragment } from "../../gql/graphql";
import { networkOf } from "../network/network";
import { anOutline } from "../network/outlines";
import { type CutMaps, changesOf, linesOf, pairsOf } from "./beside";

const JUDGED = {
  impact: "DIRECT",
  judgedImpact: "DIRECT",
  rule: "some-rule",
  ruleSays: "it changes",
  adjustment: null,
} as const;

const MAILER = { __typename: "Recipient", key: "mailer", ownName: "Post Ltd.", description: "" } as const;
const PRINTER = { __typename: "Recipient", key: "printer", ownName: "Printer", description: "" } as const;
const US = { __typename: "Country", key: "US", name: "USA" } as const;
const DISCLOSURE = { __typename: "Disclosure", key: "fact-0" } as const;
const RIGHT = { __typename: "Right", key: "access", name: "Access" } as const;

const added = (element: NamedFragment): ToldChangeFragment => ({
  ...JUDGED,
  __typename: "ElementAdded",
  key: `${element.key}/added`,
  element,
});
const removed = (element: NamedFragment): ToldChangeFragment => ({
  ...JUDGED,
  __typename: "ElementRemoved",
  key: `${element.key}/removed`,
  element,
});

const ALL = { services: ["shop"], categories: ["email"], purposes: ["orders"], countries: ["CY"] };
const OLDER = networkOf(
  anOutline({
    ...ALL,
    sources: ["logs"],
    recipients: ["cloud", "fax", { key: "mailer", name: "Mail Ltd." }],
    disclosures: [{ of: ["shop"], discloses: ["email"], to: "fax", for: "orders" }],
  }),
);
const NEWER = networkOf(
  anOutline({
    ...ALL,
    recipients: ["cloud", { key: "mailer", name: "Post Ltd." }, "printer"],
    countries: ["CY", "US"],
  }),
);
const CHANGES: ToldChangeFragment[] = [
  removed({ __typename: "Recipient", key: "fax", ownName: "fax", description: "" }),
  { ...JUDGED, __typename: "RelationshipAdded", key: "in", old: MAILER, new: MAILER, relationship: "in", target: US },
  added(PRINTER),
  added(US),
  removed(DISCLOSURE),
  {
    ...JUDGED,
    __typename: "ElementAltered",
    key: "access/name",
    old: { ...RIGHT, name: "Looking" },
    new: RIGHT,
    attribute: "name",
    before: "Looking",
    after: "Access",
  },
];
const PAIRS = pairsOf(OLDER, NEWER, CHANGES);

test("each element has its counterpart, and what became of it; what is gone stands where it stood", () => {
  expect(PAIRS.map(({ kind, key, old, new: now, mark }) => [kind, key, old, now, mark])).toEqual([
    ["SOURCE", "logs", "logs", null, "REMOVED"],
    ["SERVICE", "shop", "shop", "shop", null],
    ["DATA_CATEGORY", "email", "email", "email", null],
    ["PURPOSE", "orders", "orders", "orders", null],
    ["RECIPIENT", "cloud", "cloud", "cloud", null],
    ["RECIPIENT", "fax", "fax", null, "REMOVED"],
    ["RECIPIENT", "mailer", "Mail Ltd.", "Post Ltd.", "ALTERED"],
    ["RECIPIENT", "printer", null, "printer", "ADDED"],
    ["COUNTRY", "CY", "CY", "CY", null],
    ["COUNTRY", "US", null, "US", "ADDED"],
    // A fact that is gone, by who does what, which only the older map knows.
    ["DISCLOSURE", "fact-0", "shop to fax: email (orders)", null, "REMOVED"],
    ["RIGHT", "access", "Looking", "Access", "ALTERED"],
  ]);
});

test("what is gone before all others of its kind stands first", () => {
  const [older, newer] = [anOutline({ recipients: ["a", "b"] }), anOutline({ recipients: ["b"] })].map(networkOf);
  if (!older || !newer) throw new Error("there are two");
  expect(pairsOf(older, newer, []).map(({ key, mark }) => [key, mark])).toEqual([
    ["a", "REMOVED"],
    ["b", null],
  ]);
});

test("counterparts stand in one line of the picture's columns; a column without any is left out", () => {
  const { kinds, lines } = linesOf(PAIRS.filter(({ mark }) => mark !== null));
  expect(kinds).toEqual(["SOURCE", "RECIPIENT", "COUNTRY"]);
  expect(lines.map((line) => line.map((pair) => pair?.key))).toEqual([
    ["logs", "fax", "US"],
    [undefined, "mailer", undefined],
    [undefined, "printer", undefined],
  ]);
});

test("what changed of an element is what changed in it, and what refers to it now", () => {
  const keys = (key: string) =>
    changesOf(PAIRS.find((pair) => pair.key === key) ?? { kind: "SERVICE", key }, CHANGES).map((each) => each.key);
  expect(keys("mailer")).toEqual(["in"]);
  expect(keys("US")).toEqual(["in", "US/added"]);
  expect(keys("shop")).toEqual([]);
});

test("what a map that was cut lacks is new or gone only where the changes say so", () => {
  const [older, newer] = [
    anOutline({ recipients: ["fax", "post"] }),
    anOutline({ recipients: ["mailer", "printer"] }),
  ].map(networkOf);
  if (!older || !newer) throw new Error("there are two");
  const changes = [
    removed({ __typename: "Recipient", key: "fax", ownName: "fax", description: "" }),
    added(PRINTER),
    { ...JUDGED, __typename: "RelationshipAdded", key: "in", old: MAILER, new: MAILER, relationship: "in", target: US },
  ] satisfies ToldChangeFragment[];
  const became = (cut: CutMaps) =>
    pairsOf(older, newer, changes, cut).map(({ key, old, new: now, mark }) => [key, old, now, mark]);
  expect(became({ old: true, new: true })).toEqual([
    ["fax", "fax", null, "REMOVED"],
    ["post", "post", "post", null],
    ["mailer", "Post Ltd.", "mailer", "ALTERED"],
    ["printer", null, "printer", "ADDED"],
  ]);
  expect(became({ old: false, new: false }).map(([, , , mark]) => mark)).toEqual([
    "REMOVED",
    "REMOVED",
    "ADDED",
    "ADDED",
  ]);
});
