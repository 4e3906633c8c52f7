import { expect, test } from "vitest";
import { isOn, type Say, type Stand, sayOf, standOf, stepsBetween, turned } from "./standing";

const stands: Stand[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  consents: (bits & 1) > 0,
  objects: (bits & 2) > 0,
  pauses: (bits & 4) > 0,
}));

test("what was decided last counts, and lifting ends an objection and a pause", () => {
  expect(standOf([])).toEqual({ consents: false, objects: false, pauses: false });
  expect(standOf([{ kind: "CONSENT" }, { kind: "OBJECTION" }, { kind: "WITHDRAWAL" }])).toEqual({
    consents: false,
    objects: true,
    pauses: false,
  });
  expect(standOf([{ kind: "OBJECTION" }, { kind: "RESTRICTION" }, { kind: "LIFTING" }])).toEqual(standOf([]));
});

test("from any stand to any other the steps lead there, and there are none where nothing changes", () => {
  for (const now of stands) {
    for (const wished of stands) {
      const steps = stepsBetween(now, wished);
      const history = [
        ...(now.consents ? (["CONSENT"] as const) : []),
        ...(now.objects ? (["OBJECTION"] as const) : []),
        ...(now.pauses ? (["RESTRICTION"] as const) : []),
        ...steps,
      ];
      expect(standOf(history.map((kind) => ({ kind })))).toEqual(wished);
      if (now === wished) expect(steps).toEqual([]);
    }
  }
});

test("an end of the pause leaves an objection as it is", () => {
  const both = { consents: false, objects: true, pauses: true };
  expect(stepsBetween(both, { ...both, pauses: false })).toEqual(["LIFTING", "OBJECTION"]);
});

test("what a purpose allows says what its switch is about", () => {
  expect(sayOf({ allows: ["CONSENT", "WITHDRAWAL", "OBJECTION", "RESTRICTION", "LIFTING"] })).toBe("asked");
  expect(sayOf({ allows: ["OBJECTION", "RESTRICTION", "LIFTING"] })).toBe("open");
  expect(sayOf({ allows: ["RESTRICTION", "LIFTING"] })).toBe("fixed");
});

test.each(["asked", "open"] satisfies Say[])(
  "a switch of %s is on after it was turned on, and off after it was turned off",
  (say) => {
    for (const now of stands) {
      expect(isOn(say, turned(say, now, true))).toBe(true);
      expect(isOn(say, turned(say, now, false))).toBe(false);
    }
  },
);

test("an agreement is taken back as an agreement, not by an objection", () => {
  const agreed = { consents: true, objects: false, pauses: false };
  expect(stepsBetween(agreed, turned("asked", agreed, false))).toEqual(["WITHDRAWAL"]);
});
