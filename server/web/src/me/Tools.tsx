import { Arrivals } from "./changes/Arrivals";
import { DayPicker } from "./day/DayPicker";

/** What stands in the header, whichever view is open; and what listens for news. */
export function Tools() {
  return (
    <>
      <DayPicker />
      <Arrivals />
    </>
  );
}
