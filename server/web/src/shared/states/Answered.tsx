import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { passes } from "../client/failure";
import { Failed } from "./Failed";
import { Loading } from "./State";
import classes from "./State.module.css";

interface AnsweredProps<Data> {
  /** Of `useAnswer`, or of another query. */
  answer: Pick<UseQueryResult<Data>, "data" | "error" | "failureReason" | "isPlaceholderData"> & {
    refetch: () => unknown;
  };
  /** What is being loaded, in words. */
  what?: string;
  small?: boolean;
  children: (data: Data) => ReactNode;
}

/** An answer as soon as there is one, and before that what becomes of it. An answer that is there stays, with what is
 * wrong above it, where the service cannot be reached any more. One to what was asked before is seen only. */
export function Answered<Data>({ answer, what, small = false, children }: AnsweredProps<Data>) {
  const { data, error, refetch, isPlaceholderData: isOld } = answer;
  const retry = () => void refetch();
  const loading = <Loading small={small || isOld} {...(what ? { what } : {})} />;
  if (data === undefined) {
    // While it is tried again by itself, what is wrong is said already.
    const wrong = error ?? (passes(answer.failureReason) ? answer.failureReason : null);
    if (!wrong) return loading;
    return <Failed error={wrong} retry={retry} small={small} />;
  }
  return (
    <>
      {error && <Failed error={error} retry={retry} small />}
      {isOld && <div className={classes.coming}>{loading}</div>}
      <div className={classes.answer} inert={isOld} aria-busy={isOld}>
        {children(data)}
      </div>
    </>
  );
}
