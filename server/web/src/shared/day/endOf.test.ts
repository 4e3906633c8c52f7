import { expect, test } from "vitest";
import { endOf } from "./endOf";

test("a day that is over is looked at as it ended", () => {
  expect(endOf(new Date("2018-11-12"), new Date("2018-11-13"))).toBe("2018-11-12T23:59:59.000Z");
});

test("a day that is not over is looked at as it is now", () => {
  expect(endOf(new Date("2018-11-12"), new Date("2018-11-12T23:59:58Z"))).toBeNull();
});
