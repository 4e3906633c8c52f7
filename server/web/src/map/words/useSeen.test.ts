import { expect, test } from "vitest";
import { withGaps } from "./useSeen";

const row = (index: number) => ({ index, start: index * 40, end: index * 40 + 40 });

test("what is not drawn leaves its height: above, below, and before a row that is kept far away", () => {
  expect(withGaps([row(2), row(3), row(9)], 0, 480)).toEqual([
    { gap: 80, before: 2 },
    { index: 2 },
    { index: 3 },
    { gap: 200, before: 9 },
    { index: 9 },
    { gap: 80, before: -1 },
  ]);
});

test("of a group of which nothing is in sight all of its height is left", () => {
  expect(withGaps([], 120, 200)).toEqual([{ gap: 80, before: -1 }]);
});

test("where all is drawn there are no gaps", () => {
  expect(withGaps([row(0), row(1)], 0, 80)).toEqual([{ index: 0 }, { index: 1 }]);
});
