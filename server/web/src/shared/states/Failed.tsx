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
import { t } from "../texts";
import { BeginAnew, RetryButton, SignInButton, State } from "./State";
import { wordsOf } from "./words";

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

/** After how many seconds a view asks again by itself, for as long as it is away. */
const AGAIN_SECONDS = 10;

interface FailedProps {
  error: unknown;
  /** Ask again. */
  retry?: () => void;
  /** It is not asked again by itself: for what has consequences. */
  byHand?: boolean;
  /** Something was to be done. */
  isCommand?: boolean;
  small?: boolean;
}

/** Why there is no answer, and the way out. What may pass is tried again by itself. */
export function Failed({ error, retry, byHand = false, isCommand = false, small = false }: FailedProps) {
  const failure = error instanceof Failure ? error : new Failure("broken", String(error));
  const byItself = retry !== undefined && !byHand && !isCommand && passes(failure);
  const seconds = useCountdown(byItself ? (failure.details.retryAfterSeconds ?? AGAIN_SECONDS) : undefined, retry);
  return (
    <State
      urgent
      small={small}
      icon={ICONS[failure.kind]}
      {...wordsOf(failure, { isCommand, byItself })}
      note={seconds === undefined ? undefined : t("state.retryingIn", { count: seconds })}
      action={
        failure.kind === "signed-out" ? (
          <SignInButton />
        ) : failure.kind === "another" ? (
          <BeginAnew />
        ) : (
          retry && <RetryButton onClick={retry} label={t(isCommand ? "state.again" : "state.retry")} />
        )
      }
    />
  );
}

interface NotDoneProps<Variables> {
  /** Of `useCommand`, or another mutation. */
  command: { error: unknown; variables: Variables | undefined; mutate: (variables: Variables) => void };
  /** Does it again, where that is more than to send the same. */
  again?: () => void;
}

/** That something was not done, if it was not, and the way to do it again. */
export function NotDone<Variables>({ command: { error, variables, mutate }, again }: NotDoneProps<Variables>) {
  if (!error) return null;
  return <Failed small isCommand error={error} retry={again ?? (() => mutate(variables as Variables))} />;
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
