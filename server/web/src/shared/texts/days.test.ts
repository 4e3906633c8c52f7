import { afterAll, beforeAll, expect, test, vi } from "vitest";

const before = process.env.TZ;
beforeAll(() => {
  process.env.TZ = "Asia/Tokyo";
});
afterAll(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

test("a policy's day is the same everywhere, what happened to somebody was on theirs", async () => {
  vi.resetModules();
  const { day, ownDay, moment } = await import(".");
  const late = "2026-11-29T20:00:00Z";
  expect(day(late)).toBe("29 November 2026");
  expect(ownDay(late)).toBe("30 November 2026");
  expect(moment(late)).toBe("30 Nov 2026, 05:00");
});
