import { expect, test } from "vitest";
import { filtered, listed } from "./filter";
import { networkOf } from "./network";
import { aShop } from "./outlines";

const shop = networkOf(aShop());
const NOTHING = { text: "", marks: [], details: [] } as const;
const keys = (places: ReadonlySet<number> | undefined) => [...(places ?? [])].map((place) => shop.elements[place]?.key);

test("a filter that asks for nothing is none", () => {
  expect(filtered(shop, { ...NOTHING, text: "  " })).toBeNull();
});

test("a text is looked for in names and keys, in any case", () => {
  expect(keys(filtered(shop, { ...NOTHING, text: " MAI " })?.matches)).toEqual(["email", "mailer"]);
});

test("marks and details narrow down together, and any of each will do", () => {
  const details = ["PROCESSOR", "AFFILIATE"];
  expect(keys(filtered(shop, { ...NOTHING, details })?.matches)).toEqual(["mailer", "cloud", "agency"]);
  expect(keys(filtered(shop, { ...NOTHING, details, marks: ["gap", "unstated"] })?.matches)).toEqual(["agency"]);
});

test("what leads to a match and from it is shown with it", () => {
  const shown = filtered(shop, { ...NOTHING, details: ["NONE"] })?.shown;
  expect(keys(shown).sort()).toEqual(["US", "cloud", "contact", "email", "mailer", "orders", "person", "shop"]);
});

test("a table leaves out what columns are hidden", () => {
  const hidden = new Set(["SOURCE", "SERVICE", "DATA_CATEGORY", "PURPOSE", "RECIPIENT"]);
  expect(keys(listed(shop, null, hidden) ?? undefined)).toEqual(["CY", "US"]);
  expect(keys(listed(shop, filtered(shop, { ...NOTHING, text: "us" })?.matches ?? null, hidden) ?? undefined)).toEqual([
    "US",
  ]);
  expect(listed(shop, null, new Set())).toBeNull();
});
