import { expect, test } from "vitest";
import { networkOf } from "../network/network";
import { aShop } from "../network/outlines";
import { ROWS_AT_MOST } from "../network/scene";
import { missingIn, rowsOf } from "./useView";

test("each time that more is asked for is in the address", () => {
  expect(rowsOf(["SERVICE+", "RECIPIENT+", "SERVICE+"])).toEqual(
    new Map([
      ["SERVICE+", 4 * ROWS_AT_MOST],
      ["RECIPIENT+", 2 * ROWS_AT_MOST],
    ]),
  );
});

test("what is selected and not there is named", () => {
  const network = networkOf(aShop());
  const [there] = network.places.keys();
  expect(there && missingIn(network, there)).toBeNull();
  expect(missingIn(network, null)).toBeNull();
  expect(missingIn(network, "SERVICE:no:such")).toBe("Service no:such is not in this revision.");
  expect(missingIn(network, "nonsense")).toBe("nonsense is not in this revision.");
});
