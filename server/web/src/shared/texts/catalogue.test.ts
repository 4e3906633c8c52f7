import { expect, test } from "vitest";
import { mapTexts } from "./map";
import { mapFieldTexts } from "./mapFields";
import { mapViewTexts } from "./mapViews";
import { meTexts } from "./me";
import { sharedTexts } from "./shared";

test("no key stands in two files, of which one would never be read", () => {
  const keys = [sharedTexts, mapTexts, mapFieldTexts, mapViewTexts, meTexts].flatMap(Object.keys);
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
});
