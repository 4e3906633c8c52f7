import { queryOptions, useQuery } from "@tanstack/react-query";
import { PersonDocument } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";

/** What one person would see. Each time that it is asked for is recorded: so it is asked by `refetch` alone, when somebody
 * says so, and never by itself. */
export const personQuery = (id: string, asOf: string | null) =>
  queryOptions({
    queryKey: keyOf(PersonDocument, { id, asOf }),
    queryFn: ({ signal }) => ask(PersonDocument, { id, asOf }, signal),
    enabled: false,
    retry: false,
  });

export const usePerson = (id: string, asOf: string | null) => useQuery(personQuery(id, asOf));
