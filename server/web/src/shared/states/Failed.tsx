import { Button } from "@mantine/core";
import {
  CircleAlert,
  CloudOff,
  LockKeyhole,
  type LucideIcon,
  SearchX,
  ServerOff,
  Unplug,
  UserRoundX,
} from "lucide-react";
import { useEffect, useState } from "react";
import { Failure, type FailureKind, passes } from "../client/failure";
import { signInAddress } from "../client/session";
import { type PlainKey, t } from "../texts";
import { BeginAnew, RetryButton, State } from "./State";

const ICONS: Record<FailureKind, LucideIcon> = {
  offline: CloudOff,
  away: ServerOff,
  "signed-out": LockKeyhole,
  another: UserRoundX,
  forbidden: LockKeyhole,
  missing: SearchX,
  nothing: SearchX,
  refused: CircleAlert,
  broken: Unplug,
};

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

/** After how many seconds a view asks again by itself, for as long as it is away. */
const AGAIN_SECONDS = 10;

interface FailedProps {
  error: unknown;
  /** Ask again. */
  retry?: () => void;
  small?: boolean;
}

/** Why there is no answer, and the way out. What may pass is tried again by itself. */
export function Failed({ error, retry, small = false }: FailedProps) {
  const failure = error instanceof Failure ? error : new Failure("broken", String(error));
  const seconds = useCountdown(
    retry && passes(failure) ? (failure.details.retryAfterSeconds ?? AGAIN_SECONDS) : undefined,
    retry,
  );
  return (
    <State
      urgent
      small={small}
      icon={ICONS[failure.kind]}
      title={t(TITLES[failure.kind])}
      hint={hintOf(failure)}
      note={seconds === undefined ? undefined : t("state.retryingIn", { count: seconds })}
      action={
        failure.kind === "signed-out" ? (
          <Button component="a" href={signInAddress()} size="xs">
            {t("account.signIn")}
          </Button>
        ) : failure.kind === "another" ? (
          <BeginAnew />
        ) : (
          retry && <RetryButton onClick={retry} />
        )
      }
    />
  );
}

function hintOf(failure: Failure): string {
  switch (failure.kind) {
    case "offline":
      return t("state.offline.hint");
    case "away":
      return t("state.away.hint");
    case "signed-out":
      return t("state.signedOut.hint");
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

/** Counts down from `from` and then calls `act`, over and over. */
function useCountdown(from: number | undefined, act: (() => void) | undefined): number | undefined {
  const [left, setLeft] = useState(from);
  useEffect(() => {
    if (left === undefined) return;
    const timer = setTimeout(() => {
      if (left <= 1) act?.();
      setLeft(left <= 1 ? from : left - 1);
    }, 1000);
    return () => clearTimeout(timer);
  }, [left, from, act]);
  return left;
}
