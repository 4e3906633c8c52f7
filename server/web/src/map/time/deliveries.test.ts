import { expect, test } from "vitest";
import { channelTallies } from "./deliveries";

test("of each channel it is told how many are over, and where the others are", () => {
  expect(
    channelTallies([
      { channel: "EMAIL", state: "PENDING", count: 5 },
      { channel: "EMAIL", state: "SENT", count: 90 },
      { channel: "EMAIL", state: "FAILED", count: 5 },
      { channel: "ACCOUNT_AREA", state: "SENT", count: 100 },
    ]),
  ).toEqual([
    {
      channel: "EMAIL",
      total: 100,
      over: 95,
      states: [
        { state: "SENT", count: 90 },
        { state: "PENDING", count: 5 },
        { state: "FAILED", count: 5 },
      ],
    },
    { channel: "ACCOUNT_AREA", total: 100, over: 100, states: [{ state: "SENT", count: 100 }] },
  ]);
});
