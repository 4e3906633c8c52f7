import { useQuery } from "@tanstack/react-query";
import { PolicyClausesDocument, type PolicyClausesQuery } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";

type PolicyClause = NonNullable<PolicyClausesQuery["policy"]>["clauses"]["nodes"][number];

/** The clauses of a policy by key. A published policy never changes, so they are kept. */
export function usePolicyClauses(revision: number) {
  return useQuery({
    queryKey: keyOf(PolicyClausesDocument as never, revision),
    queryFn: async ({ signal }) => {
      const found = new Map<string, PolicyClause>();
      let after: string | null | undefined = null;
      do {
        const { policy }: PolicyClausesQuery = await ask(PolicyClausesDocument, { number: revision, after }, signal);
        for (const clause of policy?.clauses.nodes ?? []) found.set(clause.key, clause);
        after = policy?.clauses.pageInfo.hasNextPage ? policy.clauses.pageInfo.endCursor : null;
      } while (after);
      return found;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}
