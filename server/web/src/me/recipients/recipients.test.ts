import { expect, test } from "vitest";
import type { Holding, Receiver } from "../answer/useMe";
import { entriesOf, receivedBy } from "./recipients";

const receiver = (key: string, isActive: boolean, totalCount: number) =>
  ({ key, isActive, mayReceive: { totalCount } }) as Receiver;
const way = (to: string, status: "ACTIVE" | "ON_EVENT" | "NO_CONSENT", purpose = "mail") => ({
  status,
  recipient: { key: to },
  purpose: { key: purpose },
  case: { key: "always", name: "Always" },
});
const held = (id: string, ...recipients: ReturnType<typeof way>[]) => ({ id, recipients }) as unknown as Holding;

test("who received something and can receive nothing more is past, not whoever's ways were not read", () => {
  const rows = [held("a", way("shop", "NO_CONSENT"))];
  const going = receivedBy(
    [
      receiver("before", false, 0),
      receiver("now, beyond the cut", true, 3),
      receiver("beyond the cut", false, 3),
      receiver("shop", false, 1),
    ],
    rows,
  ).map((each) => each.going);
  expect(going).toEqual(["PAST", "NOW", "MAYBE", "NOT"]);
});

test("what goes to one recipient by several ways is one entry", () => {
  const rows = [
    held("a", way("mailer", "ACTIVE", "mail"), way("mailer", "ACTIVE", "support")),
    held("b", way("mailer", "ACTIVE"), way("mailer", "NO_CONSENT", "news"), way("shop", "ACTIVE")),
  ];
  const [received] = receivedBy([receiver("mailer", true, 4)], rows);
  if (!received) throw new Error("nobody");
  expect(entriesOf(received).map(({ holding, way: { status } }) => `${holding.id} ${status}`)).toEqual([
    "a ACTIVE",
    "b ACTIVE",
    "b NO_CONSENT",
  ]);
});
