import { expect, test } from "vitest";
import { writer } from "./message";

const write = writer("en");

test("values stand where they are named, numbers as the language writes them", () => {
  expect(write("{count} of {all} in {place}", { count: 12, all: 100_000, place: "Cyprus" })).toBe(
    "12 of 100,000 in Cyprus",
  );
});

test("a plural is chosen by its count", () => {
  const people = { one: "{count} person", other: "{count} people" };
  expect([0, 1, 2].map((count) => write(people, { count }))).toEqual(["0 people", "1 person", "2 people"]);
});

test("a place without a value stays, so that it is seen", () => {
  expect(write("{count} rows")).toBe("{count} rows");
});
