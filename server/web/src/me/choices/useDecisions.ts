import {
  DecisionsDocument,
  type DecisionsQuery,
  type DecisionsQueryVariables,
  PurposesDocument,
  type PurposesQuery,
  type PurposesQueryVariables,
} from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { useDay } from "../day/useDay";
import type { Decision, Purpose } from "./standing";

/** All uses of data that the policy names. */
export function usePurposes() {
  const { asOf } = useDay();
  return useWhole<PurposesQuery, Purpose, PurposesQueryVariables>(
    PurposesDocument,
    { asOf },
    ({ dataMap }) => dataMap?.purposes,
  );
}

/** All that the person decided, the oldest first. How they stand comes of the last, so none may be left out. */
export function useDecisions() {
  const { asOf } = useDay();
  return useWhole<DecisionsQuery, Decision, DecisionsQueryVariables>(
    DecisionsDocument,
    { asOf },
    ({ me }) => me?.decisions,
    { rowsAtMost: Number.POSITIVE_INFINITY },
  );
}
