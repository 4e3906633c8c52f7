import { expect, test } from "vitest";
import { grouped, matching } from "./groups";

const service = (key: string) => ({ key, name: `The ${key}`, description: "", partOf: null });
const category = (key: string, kind: "PERSONAL" | "SUPPLEMENTARY", ...ancestors: string[]) => ({
  key,
  name: key,
  description: "",
  kind,
  ancestors: ancestors.map((each) => ({ key: each, name: each, description: "" })),
});
const row = (serviceKey: string, of: ReturnType<typeof category> | null, categoryKey = of?.key ?? "") => ({
  serviceKey,
  categoryKey,
  service: service(serviceKey),
  category: of,
});

const ADDRESS = row("shop", category("IP address", "SUPPLEMENTARY", "Log data", "Technical data"));
const EMAIL = row("shop", category("Email", "PERSONAL", "Contact"));
const FORUM_EMAIL = row("forum", category("Email", "PERSONAL", "Contact"));
const OLD = row("forum", null, "fax");
const ROWS = [ADDRESS, EMAIL, FORUM_EMAIL, OLD];

test("by service they stand in the order of the answer, personal data first in each", () => {
  expect(grouped(ROWS, "service").map(({ name, rows }) => [name, rows])).toEqual([
    ["The shop", [EMAIL, ADDRESS]],
    ["The forum", [FORUM_EMAIL, OLD]],
  ]);
});

test("by kind personal data stands first, and what has no name any more last", () => {
  expect(grouped(ROWS, "kind").map(({ name, rows }) => [name, rows])).toEqual([
    ["Contact", [EMAIL, FORUM_EMAIL]],
    ["Log data", [ADDRESS]],
    [null, [OLD]],
  ]);
});

test("every word that is looked for stands in the name of the data, of its kind, or of the service", () => {
  expect(matching(ROWS, "forum EMAIL")).toEqual([FORUM_EMAIL]);
  expect(matching(ROWS, "technical")).toEqual([ADDRESS]);
  expect(matching(ROWS, "fax")).toEqual([OLD]);
  expect(matching(ROWS, " ")).toEqual(ROWS);
  expect(matching(ROWS, "email nowhere")).toEqual([]);
});
