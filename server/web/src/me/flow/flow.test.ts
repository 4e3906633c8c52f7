import { expect, test } from "vitest";
import { connectedTo, flowOf } from "./flow";
import { layOut, linesOf } from "./layOut";

const TEXTS = { you: "You", noCountry: "Not stated" };
const US = { key: "US", name: "United States" };

const recipient = (key: string, countries = [US]) => ({ key, name: key, description: "", function: "", countries });
const way = (to: ReturnType<typeof recipient>, status: "ACTIVE" | "ON_EVENT" | "NO_CONSENT") => ({
  status,
  isIdentifiable: true,
  recipient: to,
  purpose: { key: "support" },
  case: { key: "case", name: "Case", condition: "NONE" as const },
});
const row = (serviceKey: string, ...recipients: ReturnType<typeof way>[]) => ({
  serviceKey,
  service: {
    key: serviceKey,
    name: `The ${serviceKey}`,
    description: "",
    partOf: null as { key: string; name: string } | null,
  },
  recipients,
});

const HELD = [
  row("shop", way(recipient("mailer"), "ACTIVE"), way(recipient("court", []), "ON_EVENT")),
  row("shop", way(recipient("mailer"), "NO_CONSENT")),
  row("forum", way(recipient("analyst"), "ACTIVE")),
];

test("who receives something now is on the map, with the way there", () => {
  const flow = flowOf(HELD, false, TEXTS);
  expect(flow.nodes.map((node) => node.id)).toEqual([
    "you",
    "service/shop",
    "service/forum",
    "recipient/mailer",
    "recipient/analyst",
    "country/US",
  ]);
  expect(flow.edges).toEqual([
    { from: "you", to: "service/shop", going: "NOW" },
    { from: "you", to: "service/forum", going: "NOW" },
    { from: "service/shop", to: "recipient/mailer", going: "NOW" },
    { from: "service/forum", to: "recipient/analyst", going: "NOW" },
    { from: "recipient/mailer", to: "country/US", going: "NOW" },
    { from: "recipient/analyst", to: "country/US", going: "NOW" },
  ]);
});

test("who may receive something is there when everybody is asked for, in a country that is not stated", () => {
  const flow = flowOf(HELD, true, TEXTS);
  expect(flow.edges).toContainEqual({ from: "service/shop", to: "recipient/court", going: "MAYBE" });
  expect(flow.edges).toContainEqual({ from: "recipient/court", to: "country/", going: "MAYBE" });
  expect(flow.nodes.at(-1)).toEqual({ id: "country/", kind: "country", key: "", name: "Not stated" });
});

test("of many services those are shown that they are part of", () => {
  const suite = { key: "suite", name: "The suite" };
  const parts = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({
    ...row(`part-${number}`, way(recipient("mailer"), "ACTIVE")),
    service: { key: `part-${number}`, name: `Part ${number}`, description: "", partOf: suite },
  }));
  const services = (...rows: ReturnType<typeof row>[]) =>
    flowOf(rows, false, TEXTS)
      .nodes.filter((node) => node.kind === "service")
      .map((node) => node.name);
  expect(services(...parts)).toEqual(parts.map((each) => each.service.name));
  expect(services(...parts, row("forum"))).toEqual(["The suite", "The forum"]);
});

test("all that leads to something and from it belongs to it, and nothing else", () => {
  const flow = flowOf(HELD, true, TEXTS);
  expect([...connectedTo("recipient/mailer", flow)].toSorted()).toEqual([
    "country/US",
    "recipient/mailer",
    "service/shop",
    "you",
  ]);
});

test("there is nothing but oneself of whom nothing is held", () => {
  expect(flowOf([], true, TEXTS)).toEqual({ nodes: [{ id: "you", kind: "you", key: "", name: "You" }], edges: [] });
});

test.each([320, 390, 640, 1200])("nothing covers anything else, or stands outside, in a width of %i", (width) => {
  const { nodes, height } = layOut(flowOf(HELD, true, TEXTS), width);
  for (const one of nodes) {
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.x + one.width).toBeLessThanOrEqual(width);
    expect(one.y + one.height).toBeLessThanOrEqual(height);
    for (const other of nodes) {
      if (one === other) continue;
      const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
      const isBelow = one.y + one.height <= other.y || other.y + other.height <= one.y;
      expect(isBeside || isBelow).toBe(true);
    }
  }
});

test("a name is broken into two lines at most, and says where it was cut", () => {
  expect(linesOf("Example Analytics", 200)).toEqual(["Example Analytics"]);
  expect(linesOf("Services that send emails", 140)).toEqual(["Services that", "send emails"]);
  expect(linesOf("Whoever is given statistics in which nobody can be recognised", 140)).toEqual([
    "Whoever is given",
    "statistics in …",
  ]);
  expect(linesOf("Services that monitor activity other than the two", 140)).toEqual(["Services that", "monitor …"]);
  expect(linesOf("Donaudampfschifffahrtsgesellschaft", 140)).toEqual(["Donaudampfschif…"]);
});
