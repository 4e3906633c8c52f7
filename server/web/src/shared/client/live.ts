import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import type { TypedDocumentString } from "../../gql/graphql";
import { bodyOf } from "./ask";
import { askSession, isOfSession } from "./session";
import { listen } from "./stream";

/** Listens to a subscription while the component is there. `onOpen`: it hears from now on, and what was said before it did
 * not hear. */
export function useLive<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  { enabled = true, onOpen }: { enabled?: boolean; onOpen?: () => void } = {},
): void {
  const client = useQueryClient();
  const heard = useEffectEvent(onData);
  const opened = useEffectEvent(() => onOpen?.());
  const body = JSON.stringify(bodyOf(document, variables));
  useEffect(() => {
    if (!enabled) return;
    return listen<Data>(
      { query: "", ...(JSON.parse(body) as object) },
      {
        opened: () => opened(),
        heard: (data) => heard(data),
        refused: (failure) => isOfSession(failure) && askSession(client),
      },
    );
  }, [body, enabled, client]);
}
