import type { DisclosureStatus } from "../../gql/graphql";

/** Whether data goes to somebody: in the ordinary course, only if something happens, or not as things are. */
export type Going = "NOW" | "MAYBE" | "NOT";

const GOING: Record<DisclosureStatus, Going> = {
  ACTIVE: "NOW",
  ON_EVENT: "MAYBE",
  NO_TRUST: "NOT",
  NO_CONSENT: "NOT",
  PURPOSE_INACTIVE: "NOT",
};
const ORDER: readonly Going[] = ["NOW", "MAYBE", "NOT"];

/** Of several ways to one recipient the one that counts: what goes there now goes there. */
export function goingOf(statuses: Iterable<DisclosureStatus>): Going {
  const found = new Set([...statuses].map((status) => GOING[status]));
  return ORDER.find((each) => found.has(each)) ?? "NOT";
}
