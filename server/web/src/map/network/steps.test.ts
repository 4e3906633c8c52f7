import { expect, test } from "vitest";
import { layoutOf } from "./layout";
import { networkOf } from "./network";
import { aShop } from "./outlines";
import { sceneOf } from "./scene";
import { type Direction, stepFrom } from "./steps";

const scene = sceneOf(networkOf(aShop()), {
  hidden: new Set(),
  shown: null,
  depth: null,
  toggled: new Set(),
  more: new Map(),
  selected: null,
});
const layout = layoutOf(scene);
const step = (from: string, direction: Direction, lit: Set<string> | null = null) =>
  stepFrom(scene, layout, from, direction, lit);

test("up and down go through a column as it is drawn, and end with it", () => {
  let at: string | null = step("DATA_CATEGORY:email", "first");
  const seen = [];
  for (; at !== null; at = step(at, "down")) seen.push(at);
  expect(seen).toHaveLength(5);
  expect(seen.at(-1)).toBe(step("DATA_CATEGORY:email", "last"));
  expect(step(seen[1] ?? "", "up")).toBe(seen[0]);
});

test("left and right follow what is linked", () => {
  expect(step("RECIPIENT:mailer", "left")).toBe("PURPOSE:orders");
  expect(step("RECIPIENT:cloud", "right")).toBe("COUNTRY:US");
  expect(step("SOURCE:person", "left")).toBeNull();
});

test("left and right keep to what is lit", () => {
  expect(step("COUNTRY:CY", "left", new Set(["RECIPIENT:agency"]))).toBe("RECIPIENT:agency");
  expect(step("COUNTRY:CY", "left", new Set(["RECIPIENT:mailer"]))).toBe("RECIPIENT:mailer");
});
