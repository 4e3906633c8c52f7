import { useMutation, useQueryClient } from "@tanstack/react-query";
import { DecideDocument, DecisionsDocument, HeldDocument, HoldingDocument, ReceiversDocument } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";
import { Failure } from "../../shared/client/failure";
import { type Stand, stepsBetween } from "./standing";

const CHANGED = [DecisionsDocument, HeldDocument, HoldingDocument, ReceiversDocument];

interface Turn {
  purpose: string;
  now: Stand;
  wished: Stand;
}

/** Records what leads from one stand to another, and has everything that rests on it asked for anew: done when that is
 * there. Throws Failure, with its way out, where a step was not taken. */
export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ purpose, now, wished }: Turn) => {
      for (const kind of stepsBetween(now, wished)) {
        const { recordDecision } = await ask(DecideDocument, { purpose, kind });
        if (recordDecision.__typename !== "RecordDecisionSuccess") {
          throw new Failure("refused", recordDecision.message, { code: recordDecision.code });
        }
      }
    },
    onSettled: () => Promise.all(CHANGED.map((each) => client.invalidateQueries({ queryKey: keyOf(each as never) }))),
  });
}
