import { expect, test } from "vitest";
import type { ReadClauseFragment, ToldChangeFragment } from "../../gql/graphql";
import { isLess, markOf } from "./changes";
import { runsOf, textRows, wordsOf } from "./text";

const clause = (key: string, number: string): ReadClauseFragment => ({
  key,
  number,
  kind: "PARAGRAPH",
  html: `<p>${key}</p>`,
});

const JUDGED = {
  key: "some/change",
  impact: "DIRECT",
  judgedImpact: "DIRECT",
  rule: "some-rule",
  ruleSays: "it changes",
  adjustment: null,
} as const;

const TEXT_CHANGES: ToldChangeFragment[] = [
  { ...JUDGED, __typename: "ClauseRemoved", clause: clause("gone", "2") },
  { ...JUDGED, __typename: "ClauseAdded", clause: clause("new", "1") },
  {
    ...JUDGED,
    __typename: "ClauseReworded",
    oldClause: clause("kept", "3"),
    newClause: clause("kept-as", "3"),
    words: [
      { kind: "SAME", text: "for " },
      { kind: "REMOVED", text: "ever" },
    ],
  },
];

const ROWS = textRows(
  [clause("first", "1"), clause("gone", "2"), clause("kept", "3"), clause("last", "4")],
  [clause("new", "1"), clause("first", "2"), clause("kept-as", "3"), clause("last", "4")],
  TEXT_CHANGES,
);

test("two texts stand beside each other, what is gone where it stood", () => {
  expect(ROWS.map((row) => [row.old?.key ?? null, row.new?.key ?? null, row.isChanged])).toEqual([
    [null, "new", true],
    ["first", "first", false],
    ["gone", null, true],
    ["kept", "kept-as", true],
    ["last", "last", false],
  ]);
  expect(ROWS[3]?.words?.map(({ text }) => text)).toEqual(["for ", "ever"]);
});

test("what changed stands together, and what did not", () => {
  expect(runsOf(ROWS).map((run) => run.length)).toEqual([1, 1, 2, 1]);
});

test("a reworded or moved clause, and an element with another value, are altered", () => {
  expect(TEXT_CHANGES.map(markOf)).toEqual(["REMOVED", "ADDED", "ALTERED"]);
});

test("of two texts each has its own words", () => {
  const words = [
    { kind: "SAME", text: "for " },
    { kind: "REMOVED", text: "ever" },
    { kind: "ADDED", text: "a year" },
  ] as const;
  expect(wordsOf(words, "old").map(({ text }) => text)).toEqual(["for ", "ever"]);
  expect(wordsOf(words, "new").map(({ text }) => text)).toEqual(["for ", "a year"]);
  expect(wordsOf(words)).toEqual(words);
});

test("a reason is needed for what is less than the rule says", () => {
  expect([isLess("NONE", "INDIRECT"), isLess("INDIRECT", "DIRECT"), isLess("NONE", "DIRECT")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([isLess("DIRECT", "DIRECT"), isLess("DIRECT", "NONE"), isLess("INDIRECT", "NONE")]).toEqual([
    false,
    false,
    false,
  ]);
});
