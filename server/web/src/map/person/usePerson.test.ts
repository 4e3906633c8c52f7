import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterAll, expect, test, vi } from "vitest";
import { personQuery } from "./usePerson";

const fetched = vi.fn<typeof fetch>();
vi.stubGlobal("fetch", fetched);
afterAll(() => vi.unstubAllGlobals());

test("a person is looked at when somebody says so, and never again by itself", async () => {
  fetched.mockImplementation(() => Promise.resolve(Response.json({ data: { subject: { key: "a" } } })));
  const client = new QueryClient({ defaultOptions: { queries: { networkMode: "always", refetchOnMount: "always" } } });
  const observer = new QueryObserver(client, personQuery("a", null));
  const stop = observer.subscribe(() => undefined);
  expect(fetched).not.toHaveBeenCalled();
  expect((await observer.refetch()).data).toEqual({ subject: { key: "a" } });
  expect(fetched).toHaveBeenCalledTimes(1);
  // Somebody goes to another one and back, long enough after for the answer to be forgotten.
  stop();
  client.clear();
  const back = new QueryObserver(client, personQuery("a", null));
  const end = back.subscribe(() => undefined);
  await client.invalidateQueries();
  expect(back.getCurrentResult().data).toBeUndefined();
  expect(fetched).toHaveBeenCalledTimes(1);
  end();
  client.clear();
});
