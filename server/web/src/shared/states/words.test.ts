import { expect, test } from "vitest";
import { Failure, type FailureKind } from "../client/failure";
import { t } from "../texts";
import { wordsOf } from "./words";

const words = (kind: FailureKind, ...asked: [Parameters<typeof wordsOf>[1]?]) =>
  wordsOf(new Failure(kind, "the service's own word"), ...asked);

test("of what was to be done nobody is told that it goes on by itself", () => {
  expect(words("offline", { isCommand: true }).hint).toBe(
    "The service cannot be reached from here, and this is not sent again by itself. Once there is a connection, see whether it was done, and if not, do it again.",
  );
  expect(words("away", { isCommand: true }).hint).toBe(
    "The service gave no answer, and this is not sent again by itself. See in a while whether it was done, and if not, do it again.",
  );
  expect(words("signed-out", { isCommand: true }).hint).toBe(t("state.signedOut.command"));
  expect(words("refused", { isCommand: true })).toEqual({
    title: "That was not taken",
    hint: "the service's own word",
  });
});

test("it is said to be not saved only where the service turned it away before it began", () => {
  const said = (kind: FailureKind, code?: string) =>
    wordsOf(new Failure(kind, "m", { code }), { isCommand: true }).title;
  for (const code of ["OVERLOADED", "RATE_LIMITED", "ISSUER_UNAVAILABLE"]) {
    expect(said("away", code)).toBe("This was not saved");
  }
  for (const code of ["TIMED_OUT", "GRAPH_UNAVAILABLE", undefined]) {
    expect(said("away", code)).toBe("It is not known whether this was saved");
  }
  expect(said("offline")).toBe("It is not known whether this was saved");
  const busy = wordsOf(new Failure("away", "m", { code: "OVERLOADED" }), { isCommand: true });
  expect(busy.hint).toBe(
    "The service cannot answer just now, and this is not sent again by itself. Do it again in a while.",
  );
});

test("only what is asked again by itself is said to go on", () => {
  expect(words("offline", { byItself: true }).hint).toBe(t("state.offline.hint"));
  expect(words("offline").hint).toBe("The service cannot be reached from here. Try again once there is a connection.");
});
