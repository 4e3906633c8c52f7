import { expect, test } from "vitest";
import { networkOf } from "../network/network";
import { aShop } from "../network/outlines";
import { briefly, called, namedOf } from "./named";

test("an element is called by its name", () => {
  expect(namedOf({ __typename: "DataCategory", key: "email", name: "Email" })).toEqual({
    kind: "DATA_CATEGORY",
    key: "email",
    name: "Email",
  });
});

test("a recipient without a name is called by what it is, a fact by its key at first", () => {
  const recipient = { __typename: "Recipient", key: "mailers", ownName: null, description: "Mail services." } as const;
  expect(namedOf(recipient).name).toBe("Mail services.");
  expect(namedOf({ __typename: "Processing", key: "orders" })).toEqual({
    kind: "PROCESSING",
    key: "orders",
    name: "orders",
  });
});

test("in a map, a fact is called by who does what", () => {
  const shop = networkOf(aShop());
  const name = (kind: "PROCESSING" | "DISCLOSURE", key: string) => called(shop, { kind, key, name: key }).name;
  expect(name("PROCESSING", "fact-2")).toBe("desk: contact, usage (support)");
  expect(name("DISCLOSURE", "fact-4")).toBe("shop, desk to agency: usage (ads)");
  expect(name("PROCESSING", "unknown")).toBe("unknown");
});

test("of many names the first stand in a line", () => {
  expect(briefly(["a", "b", "c", "d"], ", ")).toBe("a, b, c, d");
  expect(briefly(["a", "b", "c", "d", "e"], "; ")).toBe("a; b; c; 2 more");
});
