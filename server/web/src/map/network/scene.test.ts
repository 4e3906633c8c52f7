import { expect, test } from "vitest";
import { networkOf } from "./network";
import { anOutline, aShop } from "./outlines";
import { everyNode, ROWS_AT_MOST, sceneOf, type View } from "./scene";

const ALL: View = {
  hidden: new Set(),
  shown: null,
  depth: null,
  toggled: new Set(),
  more: new Map(),
  selected: null,
};
const shop = networkOf(aShop());
const many = networkOf(
  anOutline({
    services: Array.from({ length: 600 }, (_, number) => `service-${number}`),
    recipients: Array.from({ length: 100 }, (_, number) => ({
      key: `recipient-${number}`,
      detail: number % 4 ? "PROCESSOR" : "AFFILIATE",
    })),
    sources: ["person"],
    purposes: ["why"],
    categories: ["what"],
    processings: [{ by: "service-599", uses: ["what"], from: "person", for: "why" }],
  }),
);

const idsOf = (view: Partial<View>, network = shop) => {
  const scene = sceneOf(network, { ...ALL, ...view });
  return scene.columns.map(({ nodes }) => everyNode(nodes).map(({ id }) => id));
};

test("a small map is open: parts stand below what they are part of", () => {
  expect(idsOf({})[2]).toEqual([
    "DATA_CATEGORY:contact",
    "DATA_CATEGORY:email",
    "DATA_CATEGORY:phone",
    "DATA_CATEGORY:usage",
    "DATA_CATEGORY:health",
  ]);
});

test("what is closed stands for its parts, and has their links", () => {
  const scene = sceneOf(shop, { ...ALL, toggled: new Set(["DATA_CATEGORY:contact"]) });
  const contact = scene.nodeOf.get(shop.places.get("DATA_CATEGORY:email") ?? -1);
  expect(contact).toMatchObject({ id: "DATA_CATEGORY:contact", isOpen: false });
  const link = scene.links.find(({ id }) => id === "SERVICE:shop>DATA_CATEGORY:contact");
  expect(link?.stands).toHaveLength(2);
});

test("a hidden kind has no column, and its neighbours are joined", () => {
  const scene = sceneOf(shop, { ...ALL, hidden: new Set(["PURPOSE"]) });
  expect(scene.columns.map(({ kind }) => kind)).toEqual(["SOURCE", "SERVICE", "DATA_CATEGORY", "RECIPIENT", "COUNTRY"]);
  expect(scene.links.map(({ id }) => id)).toContain("DATA_CATEGORY:email>RECIPIENT:mailer");
});

test("of what a filter leaves, parts stand at the top where their whole is gone", () => {
  const shown = new Set([shop.places.get("DATA_CATEGORY:email") ?? -1]);
  expect(idsOf({ shown })).toEqual([[], [], ["DATA_CATEGORY:email"], [], [], []]);
});

test("of a large map those with most facts are drawn, and the rest as one", () => {
  const services = idsOf({}, many)[1] ?? [];
  expect(services).toHaveLength(ROWS_AT_MOST + 1);
  expect(services).toContain("SERVICE:service-599");
  expect(services.at(-1)).toBe("SERVICE+");
});

test("of a large map elements of a detail stand together until they are opened", () => {
  expect(idsOf({}, many)[4]).toEqual(["RECIPIENT/AFFILIATE", "RECIPIENT/PROCESSOR"]);
  const opened = idsOf({ toggled: new Set(["RECIPIENT/AFFILIATE"]) }, many)[4];
  expect(opened).toHaveLength(1 + 25 + 1);
});

test("what is selected is drawn whatever is closed", () => {
  const selected = many.places.get("SERVICE:service-300") ?? null;
  expect(idsOf({ selected }, many)[1]).toContain("SERVICE:service-300");
  const recipient = many.places.get("RECIPIENT:recipient-5") ?? null;
  expect(idsOf({ selected: recipient }, many)[4]).toContain("RECIPIENT:recipient-5");
});

test("the rest gives up as many as are asked for", () => {
  const services = idsOf({ more: new Map([["SERVICE+", 100]]) }, many)[1];
  expect(services).toHaveLength(ROWS_AT_MOST + 100 + 1);
});

test("all that is open is all there is", () => {
  expect(idsOf({ depth: "open" }, many).flat()).toHaveLength(many.elements.length);
});

test("each element is drawn in one node", () => {
  for (const view of [{}, { depth: "open" }, { depth: "closed" }] as const) {
    for (const network of [shop, many]) {
      const scene = sceneOf(network, { ...ALL, ...view });
      const stands = scene.columns.flatMap(({ nodes }) => everyNode(nodes).flatMap((node) => node.stands));
      expect(stands.sort((one, other) => one - other)).toEqual([...network.elements.keys()]);
    }
  }
});
