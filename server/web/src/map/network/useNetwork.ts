import { useMemo } from "react";
import { OutlineDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { useRevision } from "../revision/useRevision";
import { type Network, networkOf } from "./network";

/** The map of the revision that is looked at, asked for once by all views of it. */
export function useOutline() {
  const { variables } = useRevision();
  return useAnswer(OutlineDocument, variables);
}

/** The network of the map that is looked at; undefined until it is there. */
export function useNetwork(): Network | undefined {
  const outline = useOutline().data?.dataMap?.outline;
  return useMemo(() => (outline ? networkOf(outline) : undefined), [outline]);
}
