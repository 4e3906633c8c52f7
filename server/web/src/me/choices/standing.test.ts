import { expect, test } from "vitest";
import type { DecisionKind } from "../../gql/graphql";
import { choicesOf, entriesOf, isOn, type Say, type Stand, sayOf, standing, standOf, turned } from "./standing";

const stands: Stand[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  consents: (bits & 1) > 0,
  objects: (bits & 2) > 0,
  restricts: (bits & 4) > 0,
}));

test("what was decided last counts, and lifting ends an objection and a pause", () => {
  expect(standOf([])).toEqual({ consents: false, objects: false, restricts: false });
  expect(standOf([{ kind: "CONSENT" }, { kind: "OBJECTION" }, { kind: "WITHDRAWAL" }])).toEqual({
    consents: false,
    objects: true,
    restricts: false,
  });
  expect(standOf([{ kind: "OBJECTION" }, { kind: "RESTRICTION" }, { kind: "LIFTING" }])).toEqual(standOf([]));
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
      expect(isOn(say, { ...now, ...turned(say, true) })).toBe(true);
      expect(isOn(say, { ...now, ...turned(say, false) })).toBe(false);
    }
  },
);

test("a switch wishes only what it is about, so that what another page decided of the rest stays", () => {
  expect(turned("asked", true)).toEqual({ objects: false, consents: true });
  expect(turned("asked", false)).toEqual({ consents: false });
  expect(turned("open", true)).toEqual({ objects: false });
  expect(turned("open", false)).toEqual({ objects: true });
});

const decided = (...kinds: DecisionKind[]) =>
  kinds.map((kind, place) => ({
    id: `${kind} ${place}`,
    kind,
    decidedAt: "",
    purposeKey: "mail",
    reportedBy: null,
    purpose: null,
  }));

test.each<[DecisionKind[], string[]]>([
  [["OBJECTION", "LIFTING"], []],
  [["CONSENT", "RESTRICTION", "LIFTING"], ["CONSENT 0"]],
  [["OBJECTION", "RESTRICTION", "LIFTING", "OBJECTION"], ["OBJECTION 3"]],
  [
    ["CONSENT", "OBJECTION", "WITHDRAWAL", "WITHDRAWAL"],
    ["OBJECTION 1", "WITHDRAWAL 3"],
  ],
])("of %j stands what nothing lifted or replaced", (kinds, ids) => {
  expect(standing(decided(...kinds)).map(({ id }) => id)).toEqual(ids);
});

const purpose = {
  key: "mail",
  name: "Mail",
  description: "",
  legalBasis: "LEGITIMATE_INTERESTS" as const,
  allows: ["OBJECTION", "RESTRICTION", "LIFTING"] as DecisionKind[],
  clauses: [],
};
const why = (status: "ACTIVE" | "OBJECTED", legalBasis: "CONTRACT" | "LEGITIMATE_INTERESTS") => ({
  status,
  legalBasis,
  purpose: { key: "mail", name: "Mail" },
});
const held = (id: string, ...purposes: ReturnType<typeof why>[]) => ({ id, purposes, recipients: [] }) as never;

test("a use that was turned off and on again says nothing of the objection that was lifted", () => {
  const of = (...kinds: DecisionKind[]) => choicesOf([purpose], decided(...kinds), [])[0]?.latest?.kind;
  expect(of("OBJECTION", "LIFTING")).toBeUndefined();
  expect(of("OBJECTION", "LIFTING", "OBJECTION")).toBe("OBJECTION");
});

test("what serves a purpose in several ways is one entry", () => {
  const [choice] = choicesOf(
    [purpose],
    [],
    [
      held("a", why("ACTIVE", "CONTRACT"), why("OBJECTED", "LEGITIMATE_INTERESTS"), why("ACTIVE", "CONTRACT")),
      held("b", why("OBJECTED", "LEGITIMATE_INTERESTS")),
    ],
  );
  if (!choice) throw new Error("no choice");
  expect(entriesOf(choice)).toEqual({ used: 1, count: 2 });
  expect(choice.data.map(({ status }) => status)).toEqual(["ACTIVE", "OBJECTED", "OBJECTED"]);
  expect(choice.bases).toEqual(["CONTRACT", "LEGITIMATE_INTERESTS"]);
});
