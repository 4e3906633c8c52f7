import { expect, test } from "vitest";
import { fromOf } from "./told";
import { withdrawnOf } from "./withdrawn";

test("what was announced and taken back is known by the message that says so", () => {
  const told = [
    { kind: "WITHDRAWAL", revisionNumber: 3 },
    { kind: "REVISION", revisionNumber: 3 },
    { kind: "REVISION", revisionNumber: 2 },
  ];
  expect([...withdrawnOf(told)]).toEqual([3]);
});

test("what was taken back does not apply, whatever was said of it before", () => {
  expect(fromOf(true, false)).toBe("changes.wasFrom");
  expect(fromOf(true, true)).toBe("changes.wasFrom");
  expect(fromOf(false, false)).toBe("changes.from");
  expect(fromOf(false, true)).toBe("changes.since");
});
