import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  DecisionsDocument,
  HeldDocument,
  HoldingDocument,
  ReceiversDocument,
  SetStandDocument,
} from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";
import { Failure } from "../../shared/client/failure";
import type { Wish } from "./standing";

const CHANGED = [DecisionsDocument, HeldDocument, HoldingDocument, ReceiversDocument];

interface Turn {
  purpose: string;
  wish: Wish;
}

/** Has the service record what leads to a wish, whatever was decided meanwhile, and has everything that rests on it
 * asked for anew: done when that is there. Throws Failure, with its way out, where nothing was recorded. */
export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ purpose, wish }: Turn) => {
      const { setStand } = await ask(SetStandDocument, { input: { purpose, ...wish } });
      if (setStand.__typename !== "SetStandSuccess") {
        throw new Failure("refused", setStand.message, { code: setStand.code });
      }
    },
    onSettled: () => Promise.all(CHANGED.map((each) => client.invalidateQueries({ queryKey: keyOf(each as never) }))),
  });
}
