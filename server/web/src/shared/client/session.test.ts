import { expect, test } from "vitest";
import { signInAddress, standingOf, type Viewer } from "./session";

const viewer: Viewer = { id: "a", kind: "STAFF", expiresAt: "2026-11-30T12:00:00Z" };
const noon = Date.parse(viewer.expiresAt);

test("a session that ended by itself may go on, one that was ended may not", () => {
  expect(standingOf(viewer, null, noon)).toBe("over");
  // With a clock that is behind.
  expect(standingOf(viewer, null, noon - 300_000)).toBe("over");
  expect(standingOf(viewer, null, noon - 300_001)).toBe("nobody");
  expect(standingOf(null, null, noon)).toBe("nobody");
});

test("who signs in again goes on, and nobody else", () => {
  const later = { ...viewer, expiresAt: "2026-12-01T00:00:00Z" };
  expect(standingOf(null, viewer, 0)).toBe("here");
  expect(standingOf(viewer, later, noon + 1)).toBe("here");
  expect(standingOf(viewer, { ...later, id: "b" }, 0)).toBe("another");
  expect(standingOf(viewer, { ...later, kind: "SUBJECT" }, 0)).toBe("another");
});

test("signing in leads back to the very place", () => {
  const place = { pathname: "/me/changes", search: "?on=2021-06-01", hash: "#notice-1" } as Location;
  expect(signInAddress(place)).toBe("/sign-in?to=%2Fme%2Fchanges%3Fon%3D2021-06-01%23notice-1");
});
