import { expect, test } from "vitest";
import { waitSeconds } from "./answers";
import { Failure, failureOf, failureOfStatus, mayBeDone, passes } from "./failure";

const response = (status: number, headers: Record<string, string> = {}) => new Response("", { status, headers });

test("what is wrong is told apart by its code", () => {
  const kindOf = (code: string) => failureOf({ message: "m", extensions: { code } }).kind;
  expect(["UNAUTHENTICATED", "FORBIDDEN", "GRAPH_UNAVAILABLE", "INTERNAL", "INVALID_INPUT"].map(kindOf)).toEqual([
    "signed-out",
    "forbidden",
    "away",
    "broken",
    "refused",
  ]);
});

test("an answer that is none of the service's is told apart by its status", () => {
  expect([401, 502, 418].map((status) => failureOfStatus(response(status)).kind)).toEqual([
    "signed-out",
    "away",
    "broken",
  ]);
});

test("it is tried again when the service says so, else each time later", () => {
  const told = failureOfStatus(response(503, { "Retry-After": "7" }));
  expect(waitSeconds(0, told)).toBe(7);
  expect([0, 1, 2].map((tries) => waitSeconds(tries, new Failure("offline", "")))).toEqual([1, 2, 4]);
});

test("only what may pass by itself is tried again", () => {
  const kinds = ["offline", "away", "signed-out", "forbidden", "missing", "nothing", "refused", "broken"] as const;
  expect(kinds.filter((kind) => passes(new Failure(kind, "")))).toEqual(["offline", "away"]);
});

test("what was to be done may be done unless the service says that it was not", () => {
  const of = (code: string) => mayBeDone(failureOf({ message: "m", extensions: { code } }));
  expect(["TIMED_OUT", "GRAPH_UNAVAILABLE", "INTERNAL"].map(of)).toEqual([true, true, true]);
  expect(["OVERLOADED", "RATE_LIMITED", "UNAUTHENTICATED", "OTHER_VIEWER", "INVALID_INPUT"].map(of)).toEqual(
    Array(5).fill(false),
  );
  expect([new Failure("offline", ""), failureOfStatus(response(504)), new Error("x")].map(mayBeDone)).toEqual(
    Array(3).fill(true),
  );
});
