import { expect, test } from "vitest";
import { Failure, type FailureKind } from "../client/failure";
import { t } from "../texts";
import { wordsOf } from "./words";

const words = (kind: FailureKind, ...asked: [Parameters<typeof wordsOf>[1]?]) =>
  wordsOf(new Failure(kind, "the service's own word"), ...asked);

test("of what was to be done nobody is told that it goes on by itself", () => {
  expect(words("offline", { isCommand: true })).toEqual({
    title: "This was not saved",
    hint: "The service cannot be reached from here, and this is not sent again by itself. Do it again once there is a connection.",
  });
  expect(words("away", { isCommand: true }).hint).toBe(
    "The service cannot answer just now, and this is not sent again by itself. Do it again in a while.",
  );
  expect(words("signed-out", { isCommand: true }).hint).toBe(t("state.signedOut.command"));
  expect(words("refused", { isCommand: true })).toEqual({
    title: "That was not taken",
    hint: "the service's own word",
  });
});

test("only what is asked again by itself is said to go on", () => {
  expect(words("offline", { byItself: true }).hint).toBe(t("state.offline.hint"));
  expect(words("offline").hint).toBe("The service cannot be reached from here. Try again once there is a connection.");
});
