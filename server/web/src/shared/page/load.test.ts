import { afterAll, expect, test, vi } from "vitest";
import { asksIfOutdated, loadView } from "./load";

const fetched = vi.fn<typeof fetch>();
vi.stubGlobal("fetch", fetched);
vi.stubGlobal("window", { location: { pathname: "/map" } });
afterAll(() => vi.unstubAllGlobals());

const gone = () => vi.fn<() => Promise<string>>().mockRejectedValue(new TypeError("Failed to fetch"));

test("a view whose file cannot be had while the service is away says that it is away", async () => {
  const load = gone();
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  await expect(loadView(load, () => asksIfOutdated("/assets/map-1.js"))).rejects.toMatchObject({ kind: "offline" });
  fetched.mockResolvedValue(new Response("", { status: 503 }));
  await expect(loadView(load, () => asksIfOutdated("/assets/map-1.js"))).rejects.toMatchObject({ kind: "away" });
  expect(load).toHaveBeenCalledTimes(2);
});

test("only where the page has other files now it was updated", async () => {
  const load = gone();
  await expect(loadView(load, () => Promise.resolve(true))).rejects.toMatchObject({ isOutdated: true });
  await expect(loadView(load, () => Promise.resolve(false))).rejects.toMatchObject({ isOutdated: false });
  fetched.mockResolvedValue(new Response('<script type="module" src="/assets/map-2.js">'));
  expect(await asksIfOutdated("/assets/map-1.js")).toBe(true);
});
