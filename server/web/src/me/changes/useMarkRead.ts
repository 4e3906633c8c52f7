import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MarkReadDocument, NoticesDocument, UnreadDocument } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";
import { Failure } from "../../shared/client/failure";

/** As many as the service takes in one call. */
const MARKED_AT_MOST = 200;

/** Marks notices as read, however many. Throws Failure, with its way out, where some were not taken. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (let at = 0; at < ids.length; at += MARKED_AT_MOST) {
        const { markNoticesRead: done } = await ask(MarkReadDocument, { ids: ids.slice(at, at + MARKED_AT_MOST) });
        if (done.__typename !== "MarkNoticesReadSuccess")
          throw new Failure("refused", done.message, { code: done.code });
      }
    },
    onSettled: () =>
      Promise.all(
        [NoticesDocument, UnreadDocument].map((each) => client.invalidateQueries({ queryKey: keyOf(each as never) })),
      ),
  });
}
