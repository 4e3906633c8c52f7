import { expect, test } from "vitest";
import { networkOf } from "../network/network";
import { anOutline, aShop } from "../network/outlines";
import { impactSuggestions, pathSuggestions } from "./suggested";

test("a map is asked about what it has", () => {
  const shop = networkOf(aShop());
  expect(pathSuggestions(shop)).toEqual([
    { text: "What goes to countries without adequate protection?", to: ["COUNTRY:US"] },
    { text: "What goes to processors?", to: ["RECIPIENT:mailer", "RECIPIENT:cloud"] },
  ]);
  expect(impactSuggestions(shop)).toEqual([
    { text: "What if mailer goes?", of: ["RECIPIENT:mailer"] },
    { text: "What if cloud goes?", of: ["RECIPIENT:cloud"] },
  ]);
});

test("nothing is suggested that the service would not take", () => {
  const recipients = Array.from({ length: 201 }, (_, number) => ({ key: `r-${number}`, detail: "PROCESSOR" }));
  expect(pathSuggestions(networkOf(anOutline({ recipients })))).toEqual([]);
});
