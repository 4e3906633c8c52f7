import { expect, test } from "vitest";
import type { FoundByChecksFragment } from "../../gql/graphql";
import { type CoveredClause, sidesOf } from "./sides";

const clause = (
  key: string,
  number: string,
  partOf: string | null,
  states: CoveredClause["states"] = [],
): CoveredClause => ({
  key,
  number,
  kind: "PARAGRAPH",
  html: `<p>${key}</p>`,
  partOf: partOf === null ? null : { key: partOf },
  states,
});

const EMAIL = { __typename: "DataCategory", key: "email", name: "Email" } as const;
const MAILER = { __typename: "Recipient", key: "mailer", ownName: null, description: "Mail services." } as const;
const SHOP = { __typename: "Service", key: "shop", name: "Shop" } as const;

const CLAUSES = [
  clause("scope", "1", null),
  clause("scope.email", "1.1", "scope", [EMAIL, MAILER]),
  clause("scope.again", "1.2", "scope", [EMAIL]),
  clause("hello", "2", null),
  clause("head", "3", null),
];

const finding = (about: Partial<FoundByChecksFragment>): FoundByChecksFragment => ({
  key: "some-rule/some",
  kind: "GAP",
  rule: "some-rule",
  message: "is so",
  ruleSays: "it is so",
  mending: "mend it",
  element: null,
  clause: null,
  clauses: [],
  people: null,
  overrule: null,
  ...about,
});

const SIDES = sidesOf(
  CLAUSES,
  {
    silentClauses: [
      { role: "STATEMENT", clause: { key: "hello" } },
      { role: "HEADING", clause: { key: "head" } },
    ],
    unstatedElements: [SHOP],
  },
  [
    finding({ element: MAILER, clauses: [{ key: "scope.email", number: "1.1", html: "" }] }),
    finding({ clause: { key: "scope.again", number: "1.2" } }),
  ],
);

test("each clause has what it states, and how deep it stands", () => {
  expect(SIDES.text.map(({ clause: { key }, depth, states }) => [key, depth, states])).toEqual([
    ["scope", 0, []],
    ["scope.email", 1, ["DATA_CATEGORY:email", "RECIPIENT:mailer"]],
    ["scope.again", 1, ["DATA_CATEGORY:email"]],
    ["hello", 0, []],
    ["head", 0, []],
  ]);
});

test("each element has the clauses that state it; one that none states is there too", () => {
  expect(SIDES.map.map(({ element, statedBy }) => [element.name, statedBy.map(({ number }) => number)])).toEqual([
    ["Email", ["1.1", "1.2"]],
    ["Mail services.", ["1.1"]],
    ["Shop", []],
  ]);
});

test("a look is needed at statements that state nothing, at what no clause states, and at findings", () => {
  expect(SIDES.text.filter(({ needsLook }) => needsLook).map(({ clause: { key } }) => key)).toEqual([
    "scope.again",
    "hello",
  ]);
  expect(SIDES.map.filter(({ needsLook }) => needsLook).map(({ name }) => name)).toEqual([
    "RECIPIENT:mailer",
    "SERVICE:shop",
  ]);
});
