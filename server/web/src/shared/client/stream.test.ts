import { NetworkError } from "graphql-sse";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "./stream";

type Subscribe = NonNullable<Parameters<typeof listen>[2]>;
type Sink = Parameters<Subscribe>[1];

/** Each stream that was opened, as the service sees it. */
let streams: { sink: Sink; connect: () => void; isClosed: boolean }[] = [];

const subscribe = ((_: unknown, sink: Sink, on?: { connected?: (isAgain: boolean) => void }) => {
  const stream = { sink, connect: () => on?.connected?.(false), isClosed: false };
  streams.push(stream);
  return () => {
    stream.isClosed = true;
    sink.complete();
  };
}) as Subscribe;

const listener = { opened: vi.fn(), heard: vi.fn(), refused: vi.fn() };
const last = () => {
  const stream = streams.at(-1);
  if (!stream) throw new Error("no stream was opened");
  return stream;
};
const refuse = () => {
  last().sink.next({ errors: [{ message: "m", extensions: { code: "FORBIDDEN" } }] } as never);
  last().sink.complete();
};

beforeEach(() => {
  streams = [];
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  for (const each of Object.values(listener)) each.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a stream that the service ends is opened again, and says each time that it hears", () => {
  listen({ query: "" }, listener, subscribe);
  last().connect();
  last().sink.next({ data: { a: 1 } });
  vi.advanceTimersByTime(500);
  last().sink.complete();
  vi.advanceTimersByTime(1000);
  expect(streams.length).toBe(2);
  last().connect();
  vi.advanceTimersByTime(500);
  expect(listener.opened).toHaveBeenCalledTimes(2);
  expect(listener.heard.mock.calls).toEqual([[{ a: 1 }]]);
});

test("one that is refused is opened later each time, and half a minute later at most", () => {
  listen({ query: "" }, listener, subscribe);
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    const before = streams.length;
    last().connect();
    refuse();
    vi.advanceTimersByTime(seconds * 1000 - 1);
    expect(streams.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(streams.length).toBe(before + 1);
  }
  expect(listener.refused).toHaveBeenCalledTimes(7);
  expect(listener.refused.mock.lastCall?.[0]).toMatchObject({ kind: "forbidden" });
  // It never heard, and had nothing to ask for anew.
  expect(listener.opened).not.toHaveBeenCalled();
  // And soon again once it was heard.
  last().sink.next({ data: {} });
  last().sink.complete();
  const before = streams.length;
  vi.advanceTimersByTime(1000);
  expect(streams.length).toBe(before + 1);
});

test("what fails is opened again, whatever it was", () => {
  listen({ query: "" }, listener, subscribe);
  last().sink.error(new Error("the page of a proxy"));
  vi.advanceTimersByTime(1000);
  last().sink.error(new NetworkError(new Response("", { status: 409 })));
  vi.advanceTimersByTime(2000);
  expect(streams.length).toBe(3);
  expect(listener.refused.mock.calls).toMatchObject([[{ kind: "another" }]]);
});

test("one that ran for a while and heard nothing is opened again soon", () => {
  listen({ query: "" }, listener, subscribe);
  for (let failed = 0; failed < 6; failed++) {
    last().sink.error(new Error("cut off"));
    vi.advanceTimersByTime(30_000);
  }
  const before = streams.length;
  last().connect();
  vi.advanceTimersByTime(30_000);
  last().sink.error(new Error("cut off"));
  vi.advanceTimersByTime(1000);
  expect(streams.length).toBe(before + 1);
});

test("not all who were cut off at once come back at once", () => {
  vi.mocked(Math.random).mockReturnValueOnce(0).mockReturnValueOnce(0.5);
  for (const milliseconds of [500, 750]) {
    const stop = listen({ query: "" }, listener, subscribe);
    const before = streams.length;
    last().sink.error(new Error("cut off"));
    vi.advanceTimersByTime(milliseconds - 1);
    expect(streams.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(streams.length).toBe(before + 1);
    stop();
  }
});

test("nothing is opened after the end", () => {
  const stop = listen({ query: "" }, listener, subscribe);
  last().connect();
  stop();
  expect(last().isClosed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(streams.length).toBe(1);
  expect(listener.opened).not.toHaveBeenCalled();
  const other = listen({ query: "" }, listener, subscribe);
  last().sink.complete();
  other();
  vi.advanceTimersByTime(60_000);
  expect(streams.length).toBe(2);
});
