import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { passes } from "../client/failure";
import { Failed } from "./Failed";
import { Loading } from "./State";

interface AnsweredProps<Data> {
  /** Of `useAnswer`. */
  answer: UseQueryResult<Data>;
  /** What is being loaded, in words. */
  what?: string;
  small?: boolean;
  children: (data: Data) => ReactNode;
}

/** An answer as soon as there is one, and before that what becomes of it. An answer that is there stays, with what is
 * wrong above it, where the service cannot be reached any more. */
export function Answered<Data>({ answer, what, small = false, children }: AnsweredProps<Data>) {
  const { data, error, refetch } = answer;
  const retry = () => void refetch();
  if (data === undefined) {
    // While it is tried again by itself, what is wrong is said already.
    const wrong = error ?? (passes(answer.failureReason) ? answer.failureReason : null);
    if (!wrong) return <Loading small={small} {...(what ? { what } : {})} />;
    return <Failed error={wrong} retry={retry} small={small} />;
  }
  return (
    <>
      {error && <Failed error={error} retry={retry} small />}
      {children(data)}
    </>
  );
}
