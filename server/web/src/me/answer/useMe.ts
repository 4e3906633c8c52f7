import {
  HeldDocument,
  type HeldQuery,
  type HeldQueryVariables,
  ReceiversDocument,
  type ReceiversQuery,
  type ReceiversQueryVariables,
} from "../../gql/graphql";
import { useWhole, type Whole } from "../../shared/client/whole";
import { useDay } from "../day/useDay";

type Me<Query extends { me?: unknown }> = NonNullable<Query["me"]>;
export type Holding = Me<HeldQuery>["holdings"]["nodes"][number];
export type Receiver = Me<ReceiversQuery>["recipients"]["nodes"][number];
export type HeldAnswer = Whole<HeldQuery, Holding>;

/** All that is held, with why and who receives it: what most views show a side of. */
export function useHeld() {
  const { asOf } = useDay();
  return useWhole<HeldQuery, Holding, HeldQueryVariables>(HeldDocument, { asOf }, ({ me }) => me?.holdings);
}

/** All who may receive anything of it, or did. */
export function useReceivers() {
  const { asOf } = useDay();
  return useWhole<ReceiversQuery, Receiver, ReceiversQueryVariables>(
    ReceiversDocument,
    { asOf },
    ({ me }) => me?.recipients,
  );
}
