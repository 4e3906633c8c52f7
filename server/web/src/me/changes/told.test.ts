import { expect, test } from "vitest";
import { type Item, turnsOf } from "./told";

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
