import { expect, test } from "vitest";
import { findChoices, foundBy } from "./find";

const REVISIONS = Array.from({ length: 250 }, (_, place) => ({
  number: 250 - place,
  summary: place % 2 === 0 ? "A new recipient" : "Fewer recipients",
}));

const numbers = (text: string) => foundBy(REVISIONS, text).map(({ number }) => number);

test("a number finds itself first, however many are newer, and what begins with it", () => {
  expect(numbers("24")).toEqual([24, 249, 248, 247, 246, 245, 244, 243, 242, 241, 240]);
  expect(numbers(" 3 ")[0]).toBe(3);
  expect(numbers("251")).toEqual([]);
});

test("words find the summaries that have all of them, nothing finds everything", () => {
  expect(numbers("recipient NEW")).toHaveLength(125);
  expect(numbers("recipient NEW")[0]).toBe(250);
  expect(numbers("")).toHaveLength(250);
});

test("of more choices than are shown the oldest is found by its number, and any by the words of its label", () => {
  const options = REVISIONS.map(({ number }) => ({ value: String(number), label: `Revision ${number}, 1 May 2021` }));
  const found = (search: string) => findChoices({ options, search, limit: 100 });
  expect(found("1")[0]).toEqual({ value: "1", label: "Revision 1, 1 May 2021" });
  expect(found("may 249,")).toEqual([{ value: "249", label: "Revision 249, 1 May 2021" }]);
  expect(found("")).toHaveLength(100);
});
