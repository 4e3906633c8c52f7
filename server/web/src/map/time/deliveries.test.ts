import { expect, test } from "vitest";
import { channelTallies } from "./deliveries";

test("of each channel it is told how many are over, and where the others are", () => {
  expect(
    channelTallies([
      { channel: "EMAIL", state: "PENDING", count: 5 },
      { channel: "EMAIL", state: "SENT", count: 90 },
      { channel: "EMAIL", state: "FAILED", count: 5 },
      { channel: "EMAIL", state: "UNKNOWN", count: 3 },
      { channel: "EMAIL", state: "STOPPED", count: 2 },
      { channel: "EMAIL", state: "RETRY", count: 1 },
      { channel: "ACCOUNT_AREA", state: "SENT", count: 100 },
    ]),
  ).toEqual([
    {
      channel: "EMAIL",
      total: 106,
      over: 100,
      states: [
        { state: "SENT", count: 90 },
        { state: "PENDING", count: 5 },
        { state: "RETRY", count: 1 },
        { state: "UNKNOWN", count: 3 },
        { state: "FAILED", count: 5 },
        { state: "STOPPED", count: 2 },
      ],
    },
    { channel: "ACCOUNT_AREA", total: 100, over: 100, states: [{ state: "SENT", count: 100 }] },
  ]);
});
