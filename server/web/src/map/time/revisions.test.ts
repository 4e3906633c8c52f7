import { expect, test } from "vitest";
import { before, lastPublished, type Revision } from "./revisions";

const revision = (number: number, state: Revision["state"], effectiveAt: string | null = null): Revision => ({
  number,
  state,
  summary: "",
  effectiveAt,
});

const REVISIONS = [
  revision(5, "DRAFT"),
  revision(4, "PUBLISHED", "2027-01-01T00:00:00Z"),
  revision(3, "WITHDRAWN", "2020-01-01T00:00:00Z"),
  revision(2, "PUBLISHED", "2019-01-01T00:00:00Z"),
  revision(1, "PUBLISHED", "2018-11-12T00:00:00Z"),
];

test("a revision is compared with the one published last before it", () => {
  expect(before(REVISIONS, 5)?.number).toBe(4);
  expect(before(REVISIONS, 4)?.number).toBe(2);
  expect(before(REVISIONS, 1)).toBeUndefined();
});

test("a publisher expects the last published revision, or none", () => {
  expect(lastPublished(REVISIONS)).toBe(4);
  expect(lastPublished([revision(1, "DRAFT")])).toBe(0);
});
