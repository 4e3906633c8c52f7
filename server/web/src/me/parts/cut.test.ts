import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Cut, CutList } from "./Cut";

test("what is made of a part of what is held says so, and nothing else does", () => {
  expect(renderToStaticMarkup(createElement(Cut, { shown: 2000, count: 2345 }))).toBe(
    '<p role="note">There are 2,345 entries about you, and this page is made of the first 2,000. It may leave out ' +
      "something that the others say. Write to us for the rest.</p>",
  );
  expect(renderToStaticMarkup(createElement(CutList, { shown: 1, count: 2 }))).toContain("Only the first 1 of 2");
  expect(renderToStaticMarkup(createElement(Cut, { shown: 2, count: 2 }))).toBe("");
  expect(renderToStaticMarkup(createElement(CutList, { shown: 2, count: 2 }))).toBe("");
});
