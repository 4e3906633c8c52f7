import { expect, test } from "vitest";
import type { Channel } from "../../gql/graphql";
import { chosenWith, isLast } from "./chosen";

const way = (channel: Channel, isAvailable: boolean, isChosen: boolean, isUsed = isAvailable && isChosen) => ({
  channel,
  isAvailable,
  isChosen,
  isUsed,
});
/** The email was chosen, and its address is missing for a while. */
const AWAY = [way("EMAIL", false, true), way("ACCOUNT_AREA", true, true), way("SOFTWARE_PRODUCT", true, false)];

test("what is chosen and away for a while stays chosen, whatever else is ticked", () => {
  expect(chosenWith(AWAY, "SOFTWARE_PRODUCT", true)).toEqual(["EMAIL", "ACCOUNT_AREA", "SOFTWARE_PRODUCT"]);
  expect(chosenWith(AWAY, "ACCOUNT_AREA", false)).toEqual(["EMAIL"]);
});

test("the only way that is used is the last, also where it stands in for one that is away", () => {
  expect(isLast(AWAY, "ACCOUNT_AREA")).toBe(true);
  expect(isLast(AWAY, "SOFTWARE_PRODUCT")).toBe(false);
  const standIn = [way("EMAIL", false, true), way("ACCOUNT_AREA", true, false, true)];
  expect(isLast(standIn, "ACCOUNT_AREA")).toBe(true);
  expect(isLast([way("EMAIL", true, true), way("ACCOUNT_AREA", true, true)], "EMAIL")).toBe(false);
});
