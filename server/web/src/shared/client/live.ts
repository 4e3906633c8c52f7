import { createClient } from "graphql-sse";
import { useEffect, useEffectEvent, useState } from "react";
import type { TypedDocumentString } from "../../gql/graphql";
import { bodyOf, pageHeaders } from "./ask";

const WAIT_SECONDS_AT_MOST = 30;

const wait = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** Events over a connection for each who listens, opened again where it breaks. */
const client = createClient({
  url: "/graphql",
  headers: pageHeaders,
  retryAttempts: Number.POSITIVE_INFINITY,
  retry: (tries) => wait(Math.min(2 ** tries, WAIT_SECONDS_AT_MOST) * (0.5 + Math.random() / 2)),
});

/** Listens to a subscription while the component is there. Says whether it hears. `onOpen`: it hears from now on, and
 * what was said before it did not hear. */
export function useLive<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  { enabled = true, onOpen }: { enabled?: boolean; onOpen?: () => void } = {},
): { isLive: boolean } {
  const [isLive, setLive] = useState(false);
  const tell = useEffectEvent(onData);
  const opened = useEffectEvent(() => {
    setLive(true);
    onOpen?.();
  });
  const body = JSON.stringify(bodyOf(document, variables));
  useEffect(() => {
    if (!enabled) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    let stop: () => void;
    const listen = () => {
      stop = client.subscribe<Data>(
        { query: "", ...(JSON.parse(body) as object) },
        {
          next: ({ data }) => data && tell(data),
          error: () => setLive(false),
          complete: () => {
            // The service ends every stream after a while, for the listener to open another.
            setLive(false);
            again = setTimeout(listen, 1000);
          },
        },
        { connecting: () => setLive(false), connected: () => opened() },
      );
    };
    listen();
    return () => {
      stop();
      clearTimeout(again);
    };
  }, [body, enabled]);
  return { isLive };
}
