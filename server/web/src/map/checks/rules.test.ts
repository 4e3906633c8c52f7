import { expect, test } from "vitest";
import type { FoundByChecksFragment } from "../../gql/graphql";
import { rulesOf, tallyOf } from "./rules";

const found = (
  key: string,
  kind: FoundByChecksFragment["kind"],
  rule: string,
  reason: string | null = null,
): FoundByChecksFragment => ({
  key,
  kind,
  rule,
  message: "is so",
  ruleSays: `${rule} is broken`,
  mending: `mend ${rule}`,
  element: null,
  clause: null,
  clauses: [],
  people: null,
  overrule: reason === null ? null : { reason, by: "staff-1", overruledAt: "2026-11-30T00:00:00Z" },
});

const FINDINGS = [
  found("a/1", "VIOLATION", "a"),
  found("a/2", "VIOLATION", "a", "It ends in May."),
  found("b/1", "GAP", "b"),
  found("a/3", "GAP", "a"),
];

test("findings stand under their rules, the same rule apart where it breaks and where it only leaves open", () => {
  expect(rulesOf(FINDINGS).map(({ kind, rule, findings }) => [kind, rule, findings.map(({ key }) => key)])).toEqual([
    ["VIOLATION", "a", ["a/1", "a/2"]],
    ["GAP", "b", ["b/1"]],
    ["GAP", "a", ["a/3"]],
  ]);
  expect(rulesOf(FINDINGS)[0]).toMatchObject({ says: "a is broken", mending: "mend a" });
});

test("what is overruled is in nobody's way", () => {
  expect(tallyOf(FINDINGS)).toEqual({ inTheWay: 1, overruled: 1, gaps: 2 });
});
