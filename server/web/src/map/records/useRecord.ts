import { useQuery } from "@tanstack/react-query";
import { request } from "../../shared/client/ask";
import { failureOfStatus } from "../../shared/client/failure";
import { readRecord } from "./record";

export const RECORDS_OF = ["controller", "processors"] as const;
export type RecordOf = (typeof RECORDS_OF)[number];

export const recordAddress = (number: number, form: "xlsx" | "csv" | "html", of: RecordOf): string =>
  `/records/${number}.${form}?of=${of}`;

/** A record of processing activities, read from its printable page. */
export function useRecord(number: number, of: RecordOf) {
  return useQuery({
    queryKey: ["record", number, of],
    queryFn: async ({ signal }) => {
      const response = await request(recordAddress(number, "html", of), { signal });
      if (!response.ok) throw failureOfStatus(response);
      // The stylesheet that the page is printed with is not for here, where the policy of this page forbids it.
      const page = (await response.text()).replace(/<style>.*?<\/style>/s, "");
      return readRecord(new DOMParser().parseFromString(page, "text/html"));
    },
  });
}
