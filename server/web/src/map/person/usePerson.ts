import { useQuery } from "@tanstack/react-query";
import { PersonDocument } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";

/** What one person would see. Each time that it is asked for is recorded: so it is asked once, when somebody says so,
 * and never again by itself. */
export function usePerson(id: string, asOf: string | null, { enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: keyOf(PersonDocument, { id, asOf }),
    queryFn: ({ signal }) => ask(PersonDocument, { id, asOf }, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
