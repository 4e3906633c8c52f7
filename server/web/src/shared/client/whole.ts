import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { TypedDocumentString } from "../../gql/graphql";
import { keyOf } from "./answers";
import { ask } from "./ask";

/** Rows of a list that are read at most, page by page. Beyond it the view says that there are more. */
export const ROWS_AT_MOST = 2_000;

interface Page<Row> {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  nodes: readonly Row[];
}

export interface Whole<Data, Row> {
  /** The answer with the first page. */
  data: Data;
  rows: readonly Row[];
  totalCount: number;
}

interface Options {
  /** For a list that is nothing without its last rows. */
  rowsAtMost?: number;
  /** Ask again when somebody comes back to the page, for what others change. */
  onFocus?: boolean;
}

/** A list from its first page to its last. `pageOf` finds it in an answer; the document takes `after`. */
export function useWhole<Data, Row, Variables extends { after?: string | null | undefined }>(
  document: TypedDocumentString<Data, Variables>,
  variables: Omit<Variables, "after">,
  pageOf: (data: Data) => Page<Row> | null | undefined,
  { rowsAtMost = ROWS_AT_MOST, onFocus = false }: Options = {},
) {
  return useQuery({
    queryKey: [...keyOf(document as never, variables), "whole"],
    queryFn: async ({ signal }): Promise<Whole<Data, Row>> => {
      const asked = (after: string | null) => ask(document, { ...variables, after } as Variables, signal);
      const data = await asked(null);
      const rows: Row[] = [];
      let page = pageOf(data);
      while (page) {
        rows.push(...page.nodes);
        if (!page.pageInfo.hasNextPage || rows.length >= rowsAtMost) break;
        page = pageOf(await asked(page.pageInfo.endCursor ?? null));
      }
      return { data, rows, totalCount: pageOf(data)?.totalCount ?? 0 };
    },
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: onFocus,
  });
}
