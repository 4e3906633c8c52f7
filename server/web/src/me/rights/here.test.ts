import { expect, test } from "vitest";
import { hereOf } from "./here";

test.each([
  ["7(3)", "/choices"],
  ["21(2)", "/choices"],
  ["15, 16", "/held"],
  ["17", undefined],
  ["7", undefined],
  ["", undefined],
])("article %s is used at %s", (article, to) => {
  expect(hereOf(article)?.to).toBe(to);
});
