import { expect, test } from "vitest";
import { litBy } from "./lit";
import { nameOf, networkOf } from "./network";
import { anOutline, aShop } from "./outlines";

const shop = networkOf(aShop());

function lit(...names: string[]) {
  const places = names.map((name) => shop.places.get(name) ?? -1);
  const { elements, links } = litBy(shop, places);
  const key = (place: number) => shop.elements[place]?.key ?? "";
  return {
    elements: [...elements].sort((one, other) => one - other).map(key),
    links: [...links]
      .map((link) =>
        link
          .split(">")
          .map((place) => key(Number(place)))
          .join(" → "),
      )
      .sort(),
  };
}

test("a recipient lights what goes to it, and where that comes from", () => {
  expect(lit("RECIPIENT:mailer")).toEqual({
    elements: ["person", "shop", "contact", "email", "orders", "mailer", "cloud", "CY", "US"].sort(byPlace),
    links: [
      "cloud → US",
      "email → orders",
      "mailer → CY",
      "mailer → cloud",
      "orders → mailer",
      "person → shop",
      "shop → contact",
      "shop → email",
    ],
  });
});

test("one that is engaged lights those who engage it, but not where else they are", () => {
  const { elements, links } = lit("RECIPIENT:cloud");
  expect(elements).not.toContain("CY");
  expect(links).toContain("mailer → cloud");
  expect(links).toContain("cloud → US");
});

test("a country lights only what goes there", () => {
  const { elements } = lit("COUNTRY:US");
  expect(elements).toEqual(["person", "shop", "contact", "email", "orders", "mailer", "cloud", "US"]);
});

test("a source lights what comes from it and where that goes, not where else its services' data goes", () => {
  expect(lit("SOURCE:person").elements).toEqual([
    "person",
    "shop",
    "contact",
    "email",
    "orders",
    "mailer",
    "cloud",
    "CY",
    "US",
  ]);
});

test("data of a part that is disclosed with its whole comes from the part's source", () => {
  expect(lit("RECIPIENT:agency").elements).toEqual([
    "logs",
    "registers",
    "shop",
    "app",
    "desk",
    "usage",
    "ads",
    "agency",
    "CY",
  ]);
});

test("a service lights what holds for it through what it is part of, and nothing of its neighbours", () => {
  const { elements, links } = lit("SERVICE:app");
  expect(elements).toEqual([
    "person",
    "logs",
    "shop",
    "app",
    "contact",
    "email",
    "usage",
    "orders",
    "ads",
    "mailer",
    "cloud",
    "agency",
    "CY",
    "US",
  ]);
  expect(links).not.toContain("desk → usage");
});

test("a part lights facts about its whole, but not its sibling", () => {
  const { elements } = lit("DATA_CATEGORY:phone");
  expect(elements).toEqual(["person", "registers", "shop", "desk", "contact", "phone", "orders", "support"]);
});

test("what no fact names lights alone", () => {
  expect(lit("DATA_CATEGORY:health")).toEqual({ elements: ["health"], links: [] });
});

test("several light what each of them does", () => {
  const all = new Set([...lit("COUNTRY:US").elements, ...lit("PURPOSE:support").elements]);
  expect(new Set(lit("COUNTRY:US", "PURPOSE:support").elements)).toEqual(all);
});

test("without a column the ones beside it are joined", () => {
  const { links } = litBy(shop, [shop.places.get("COUNTRY:US") ?? -1], new Set(["PURPOSE", "RECIPIENT"]));
  const [email, us] = [shop.places.get("DATA_CATEGORY:email"), shop.places.get("COUNTRY:US")];
  expect(links).toContain(`${email}>${us}`);
});

test("recipients that engage one another light each other", () => {
  const network = networkOf(
    anOutline({
      recipients: [
        { key: "one", engages: ["other"] },
        { key: "other", engages: ["one"] },
      ],
    }),
  );
  expect(
    [...litBy(network, [0]).elements].map((place) => nameOf(network.elements[place] ?? { kind: "", key: "" })),
  ).toEqual(["RECIPIENT:one", "RECIPIENT:other"]);
});

function byPlace(one: string, other: string): number {
  const place = (key: string) => shop.elements.findIndex((element) => element.key === key);
  return place(one) - place(other);
}
