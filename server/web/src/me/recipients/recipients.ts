import { type Going, goingOf } from "../answer/going";
import { uniqueBy } from "../answer/names";
import type { Holding, Receiver } from "../answer/useMe";

type Way = Holding["recipients"][number];
type Counted = Pick<Receiver, "isActive" | "mayReceive">;

export interface Received {
  receiver: Receiver;
  /** `PAST`: it did receive something, and may receive nothing more. */
  going: Going | "PAST";
  /** What it may receive, each with how. */
  ways: readonly { holding: Holding; way: Way }[];
}

export const GOINGS = ["NOW", "MAYBE", "NOT", "PAST"] as const;

/** Each recipient with what of the holdings it may receive. Of more holdings than were read the service still says who
 * receives something now, and who can receive nothing more. */
export function receivedBy(receivers: readonly Receiver[], held: readonly Holding[]): Received[] {
  return receivers.map((receiver) => {
    const ways = held.flatMap((holding) =>
      holding.recipients.filter((way) => way.recipient.key === receiver.key).map((way) => ({ holding, way })),
    );
    return { receiver, ways, going: goingTo(receiver, ways) };
  });
}

function goingTo({ isActive, mayReceive }: Counted, ways: Received["ways"]): Received["going"] {
  if (isActive) return "NOW";
  if (!mayReceive.totalCount) return "PAST";
  return ways.length ? goingOf(ways.map(({ way }) => way.status)) : "MAYBE";
}

/** The holdings of which it may receive something, each once for each way in which that happens, or does not. */
export const entriesOf = ({ ways }: Pick<Received, "ways">): Received["ways"] =>
  uniqueBy(ways, ({ holding, way }) => `${holding.id} ${way.status} ${way.case.key}`);

/** The recipients that pass something on to this one. */
export const passing = (receiver: Receiver, all: readonly Receiver[]): Receiver[] =>
  all.filter((each) => each.recipient?.engages.some((engaged) => engaged.key === receiver.key));

/** When it receives something: the cases of those ways that count. */
export function casesOf({ ways, going }: Received): string[] {
  const counting = ways.filter(({ way }) => goingOf([way.status]) === going);
  return uniqueBy(
    counting.map(({ way }) => way.case),
    (each) => each.key,
  ).map((each) => each.name);
}
