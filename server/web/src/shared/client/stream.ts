import { createClient, NetworkError } from "graphql-sse";
import { pageHeaders } from "./ask";
import { type Failure, failureOf, failureOfStatus, type GivenError } from "./failure";

const SECONDS_AT_FIRST = 1;
const SECONDS_AT_MOST = 30;
/** In which a stream that begins with a refusal has told it. */
const REFUSAL_SECONDS = 0.5;
/** After which a stream was a good one, whatever ends it. */
const GOOD_SECONDS = 30;

/** Events over a connection for each who listens. */
const client = createClient({ url: "/graphql", headers: pageHeaders, retryAttempts: 0 });

type Subscribe = (typeof client)["subscribe"];

interface Listener<Data> {
  /** It hears from now on, and what was said before it did not hear. */
  opened: () => void;
  heard: (data: Data) => void;
  /** Why it hears nothing, where the service says so. */
  refused: (failure: Failure) => void;
}

/** Listens to a subscription until the function that it returns is called. The service ends every stream after a while,
 * for the listener to open another; where one fails, the next is opened later each time. */
export function listen<Data>(
  request: Parameters<Subscribe>[0],
  { opened, heard, refused }: Listener<Data>,
  subscribe: Subscribe = (...given) => client.subscribe(...given),
): () => void {
  let isStopped = false;
  let failures = 0;
  let close: () => void;
  let next: ReturnType<typeof setTimeout> | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    let isRefused = false;
    let since = Number.POSITIVE_INFINITY;
    const refuse = (failure: Failure) => {
      isRefused = true;
      clearTimeout(opening);
      refused(failure);
    };
    const end = (hasFailed: boolean) => {
      if (isStopped) return;
      clearTimeout(opening);
      if (Date.now() - since >= GOOD_SECONDS * 1000) failures = 0;
      failures = hasFailed ? failures + 1 : 0;
      const seconds = Math.min(SECONDS_AT_FIRST * 2 ** Math.max(0, failures - 1), SECONDS_AT_MOST);
      // Not all who listen at once: they may have been cut off by the same.
      next = setTimeout(open, seconds * 1000 * (0.5 + Math.random() / 2));
    };
    close = subscribe<Data>(
      request,
      {
        next: ({ data, errors }) => {
          if (isStopped) return;
          const [error] = (errors ?? []) as readonly GivenError[];
          if (error) refuse(failureOf(error));
          else if (data) {
            failures = 0;
            heard(data);
          }
        },
        error: (error) => {
          if (!isStopped && error instanceof NetworkError && error.response instanceof Response) {
            refuse(failureOfStatus(error.response));
          }
          end(true);
        },
        complete: () => end(isRefused),
      },
      {
        connected: () => {
          if (isStopped) return;
          since = Date.now();
          // A refusal may come as the first event.
          opening = setTimeout(opened, REFUSAL_SECONDS * 1000);
        },
      },
    );
  };
  open();
  return () => {
    isStopped = true;
    close();
    clearTimeout(next);
    clearTimeout(opening);
  };
}
