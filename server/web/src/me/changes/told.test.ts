import { expect, test } from "vitest";
import { type Item, placeOf, turnsOf } from "./told";

const altered = (type: string, attribute: string, before: string | null, after: string | null) =>
  turnsOf({
    kind: "CATEGORY_CHANGED",
    details: [{ kind: "ALTERED", attribute, before, after, of: { type, key: "it", name: "It" }, holdings: [] }],
  } as unknown as Item);

test("what turns is told in words, and in no names of the map", () => {
  expect(altered("Disclosure", "identifiable", "false", "true")).toEqual([
    { label: "So that you can be recognised", before: "no", after: "yes" },
  ]);
  expect(altered("Source", "kind", "AUTOMATIC", "THIRD_PARTY")).toEqual([
    { label: "Kind", before: "recorded automatically", after: "from somebody else" },
  ]);
  expect(altered("DataCategory", "kind", "SUPPLEMENTARY", "PERSONAL")[0]?.after).toBe("data about you");
  expect(altered("Recipient", "description", null, "Sends mail")).toEqual([
    { label: "Description", before: "nothing is said", after: "Sends mail" },
  ]);
  expect(altered("RetentionRule", "period", "P1Y6M", "P30D")).toEqual([
    { label: "Length", before: "1 year, 6 months", after: "30 days" },
  ]);
  expect(altered("Recipient", "shoe_size", "1", "2")[0]?.label).toBe("Something else");
});

test("of what was taken back nothing is said to be so", () => {
  const of = { type: "Recipient", key: "it", name: "It" };
  const details = [
    { kind: "UNLINKED", attribute: "LOCATED_IN", before: "France", after: null, of, holdings: [] },
    { kind: "REMOVED", attribute: null, before: null, after: null, of, holdings: [] },
  ];
  const item = { kind: "RECIPIENT_CHANGED", details } as unknown as Item;
  const labels = (isWithdrawn: boolean) => turnsOf(item, isWithdrawn).map((each) => each.label);
  expect(labels(false)).toEqual(["Country, no longer", "No longer"]);
  expect(labels(true)).toEqual(["Country, announced to go", "Announced to go"]);
  expect(placeOf(false, true, false)).toBe("changes.word.removed");
  expect(placeOf(true, true, false)).toBe("changes.word.announcedToGo");
  expect([placeOf(true, false, true), placeOf(true, true, true)]).toEqual(Array(2).fill("changes.word.announced"));
  expect([placeOf(false, false, true), placeOf(false, true, true)]).toEqual([
    "changes.word.added",
    "changes.word.reworded",
  ]);
});
