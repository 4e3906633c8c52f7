import type { Failure, FailureKind } from "../client/failure";
import { mayBeDone, passes } from "../client/failure";
import { type PlainKey, t } from "../texts";

const TITLES: Record<FailureKind, PlainKey> = {
  offline: "state.offline.title",
  away: "state.away.title",
  "signed-out": "state.signedOut.title",
  another: "state.another.title",
  forbidden: "state.forbidden.title",
  missing: "state.missing.title",
  nothing: "state.nothing.title",
  refused: "state.refused.title",
  broken: "state.broken.title",
};

interface Asked {
  /** Whether something was to be done: nothing is sent again by itself. */
  isCommand?: boolean;
  /** Whether it is asked again by itself. */
  byItself?: boolean;
}

/** What is wrong, in words, and what becomes of what was wanted. */
export function wordsOf(failure: Failure, { isCommand = false, byItself = false }: Asked = {}) {
  // Who did something wants to know first whether it was done.
  const title: PlainKey =
    !isCommand || !passes(failure) ? TITLES[failure.kind] : mayBeDone(failure) ? "state.notKnown" : "state.notSaved";
  return { title: t(title), hint: hintOf(failure, isCommand, byItself) };
}

function hintOf(failure: Failure, isCommand: boolean, byItself: boolean): string {
  switch (failure.kind) {
    case "offline":
      return t(isCommand ? "state.offline.command" : byItself ? "state.offline.hint" : "state.offline.byHand");
    case "away":
      return t(!isCommand ? "state.away.hint" : mayBeDone(failure) ? "state.away.notKnown" : "state.away.command");
    case "signed-out":
      return t(isCommand ? "state.signedOut.command" : "state.over.hint");
    case "another":
      return t("state.another.hint");
    case "forbidden":
      return t("state.forbidden.hint");
    case "broken":
      return failure.details.correlationId
        ? t("state.broken.hint", { id: failure.details.correlationId })
        : t("state.broken.page");
    default:
      return failure.message;
  }
}
