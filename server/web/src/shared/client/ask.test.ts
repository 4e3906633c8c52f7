import { afterAll, beforeEach, expect, test, vi } from "vitest";
import type { Failure } from "./failure";

const DOCUMENT = { __meta__: { hash: "abc" } } as never;

const fetched = vi.fn<typeof fetch>();
vi.stubGlobal("fetch", fetched);
afterAll(() => vi.unstubAllGlobals());

let client: typeof import("./ask");
beforeEach(async () => {
  fetched.mockReset();
  // As in a page that was just opened: it belongs to nobody yet.
  vi.resetModules();
  client = await import("./ask");
});

const sent = (): unknown => fetched.mock.lastCall?.[1]?.headers;
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (failure: unknown) => failure as Failure,
  );

test("every request names whose page it is, once that is known, and for good", async () => {
  const { loadSession } = await import("./session");
  const viewer = { id: "ünal/1", kind: "SUBJECT" };
  fetched.mockImplementation(() => Promise.resolve(Response.json({ viewer, mode: "production" })));
  await loadSession();
  expect(sent()).toEqual({ "X-Vitrine-Page": "1" });
  client.belongTo("another");
  await client.request("/records/1.html");
  expect(sent()).toEqual({ "X-Vitrine-Page": "1", "X-Vitrine-Viewer": "%C3%BCnal%2F1" });
  expect(client.pageHeaders()).toEqual(sent());
});

test("where somebody else has signed in, that is what is wrong", async () => {
  const errors = [{ message: "m", extensions: { code: "OTHER_VIEWER" } }];
  fetched.mockResolvedValue(Response.json({ errors }, { status: 409 }));
  expect((await failureOf(client.ask(DOCUMENT, {})))?.kind).toBe("another");
});

/** As a service that takes the connection and never answers. */
const silent: typeof fetch = (_, options) =>
  new Promise((_resolve, reject) => {
    const { signal } = options ?? {};
    signal?.addEventListener("abort", () => reject(signal.reason as Error));
  });

test("a service that never answers is away, after a while", async () => {
  const late = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
  fetched.mockImplementation(silent);
  const failure = failureOf(client.ask(DOCUMENT, {}, new AbortController().signal));
  expect(timeout).toHaveBeenCalledWith(65_000);
  late.abort(new DOMException("", "TimeoutError"));
  expect((await failure)?.kind).toBe("away");
  timeout.mockRestore();
});

test("what nobody wants any more is no failure", async () => {
  fetched.mockImplementation(silent);
  const unwanted = new AbortController();
  const failure = failureOf(client.ask(DOCUMENT, {}, unwanted.signal));
  unwanted.abort();
  expect((await failure)?.name).toBe("AbortError");
});

test.each([
  ["a connection that breaks in the answer is none", new TypeError("network error"), "offline"],
  ["an answer that does not end is none", new DOMException("", "TimeoutError"), "away"],
])("%s", async (_, error, kind) => {
  const body = new ReadableStream({
    pull: (stream) => {
      stream.error(error);
    },
  });
  fetched.mockResolvedValue(new Response(body));
  expect((await failureOf(client.ask(DOCUMENT, {})))?.kind).toBe(kind);
});

test("an answer that is no JSON is a fault", async () => {
  fetched.mockResolvedValue(new Response("<html>"));
  expect((await failureOf(client.ask(DOCUMENT, {})))?.kind).toBe("broken");
});
