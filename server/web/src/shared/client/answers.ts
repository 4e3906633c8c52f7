import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { TypedDocumentString } from "../../gql/graphql";
import { ask } from "./ask";
import { Failure, mayBeDone, passes } from "./failure";
import { askSession, isOfSession } from "./session";

const RETRIES_AT_MOST = 3;
const FIRST_WAIT_SECONDS = 1;

/** How long to wait before the next try: what the service asks for, else longer each time. */
export const waitSeconds = (tries: number, failure: unknown): number =>
  (failure instanceof Failure ? failure.details.retryAfterSeconds : undefined) ?? FIRST_WAIT_SECONDS * 2 ** tries;

/** Asks and keeps answers. */
export function answerClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isOfSession(error)) askSession(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // Whether there is a connection is seen by asking: the browser's own word for it is wrong on loopback.
        networkMode: "always",
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (tries, error) => passes(error) && tries < RETRIES_AT_MOST,
        retryDelay: (tries, error) => waitSeconds(tries, error) * 1000,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return client;
}

/** An operation, whatever it asks for. */
type Operation = Pick<TypedDocumentString<unknown, unknown>, "__meta__">;

/** What `useAnswer` keeps an answer under; with the document alone, all answers to it. */
export const keyOf = (document: Operation, ...variables: unknown[]): QueryKey => [
  document.__meta__?.hash,
  ...variables,
];

interface Options {
  /** False: do not ask yet. */
  enabled?: boolean;
  /** Show the answer for the variables before while that for new ones is on its way. */
  keepPrevious?: boolean;
  /** Ask again and again, for what changes by itself. */
  everySeconds?: number | false;
  /** Ask again when somebody comes back to the page, for what others change. */
  onFocus?: boolean;
}

/** The answer to an operation, kept and asked for again as TanStack Query does. Its error is a Failure. */
export function useAnswer<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { enabled = true, keepPrevious = false, everySeconds = false, onFocus = false }: Options = {},
) {
  return useQuery({
    queryKey: keyOf(document, variables),
    queryFn: ({ signal }) => ask(document, variables, signal),
    enabled,
    refetchInterval: everySeconds && everySeconds * 1000,
    refetchOnWindowFocus: onFocus,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/** A mutation. `changes`: the documents whose answers are old once it is done, or may be. */
export function useCommand<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  changes: readonly Operation[] = [],
) {
  const client = useQueryClient();
  return useMutation<Data, Error, Variables>({
    mutationFn: (variables) => ask(document, variables),
    onSettled: (_data, error) => {
      if (error && !mayBeDone(error)) return;
      const asked = Promise.all(changes.map((each) => client.invalidateQueries({ queryKey: keyOf(each) })));
      // That it failed is told at once.
      return error ? undefined : asked;
    },
  });
}
