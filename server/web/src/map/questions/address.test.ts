import { expect, test } from "vitest";
import { inputsOf, questionAddress } from "./address";

test("the address of a question names what it is about", () => {
  expect(questionAddress("impact", { of: ["RECIPIENT:google"] }, "")).toBe("/questions?ask=impact&of=RECIPIENT:google");
  expect(questionAddress("paths", { to: ["COUNTRY:US"] }, "")).toBe("/questions?to=COUNTRY:US");
});

test("a question is asked of the revision that is looked at", () => {
  expect(questionAddress("paths", { to: ["COUNTRY:US"] }, "?revision=1")).toBe("/questions?revision=1&to=COUNTRY:US");
});

test("names are taken apart at their first colon", () => {
  expect(inputsOf(["SERVICE:a:b"])).toEqual([{ kind: "SERVICE", key: "a:b" }]);
});
