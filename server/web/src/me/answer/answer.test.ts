import { expect, test } from "vitest";
import { goingOf } from "./going";
import { calledOf, merged, uniqueBy } from "./names";

test("what goes to a recipient now outweighs what may, and that what does not", () => {
  expect(goingOf(["ON_EVENT", "ACTIVE", "NO_CONSENT"])).toBe("NOW");
  expect(goingOf(["PURPOSE_INACTIVE", "ON_EVENT"])).toBe("MAYBE");
  expect(goingOf(["NO_TRUST"])).toBe("NOT");
  expect(goingOf([])).toBe("NOT");
});

test("a recipient without a name is called by what the policy says of it first", () => {
  const unnamed = { name: null, description: "Licensors. The policy names none of them.", function: "Licensing" };
  expect(calledOf(unnamed)).toBe("Licensors");
  expect(calledOf({ ...unnamed, name: "Example Ltd" })).toBe("Example Ltd");
  expect(calledOf({ ...unnamed, description: "" })).toBe("Licensing");
  expect(calledOf({ ...unnamed, description: "Whoever hosts at example.com for us" })).toBe(
    "Whoever hosts at example.com for us",
  );
});

test("what comes twice is kept where it came first", () => {
  expect(uniqueBy(["a1", "b1", "a2"], (each) => each.charAt(0))).toEqual(["a1", "b1"]);
});

test("rows that say the same are one, with the clauses of all", () => {
  const row = (name: string, ...keys: string[]) => ({ name, clauses: keys.map((key) => ({ key })) });
  expect(merged([row("mail", "a", "b"), row("shop", "c"), row("mail", "b", "d")], (each) => each.name)).toEqual([
    row("mail", "a", "b", "d"),
    row("shop", "c"),
  ]);
});
