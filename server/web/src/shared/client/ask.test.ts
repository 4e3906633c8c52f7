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
