import type { Channel, DeliveryState } from "../../gql/graphql";

/** In the order in which a delivery goes through them; what needs a look at the end. */
export const STATES: readonly DeliveryState[] = ["SENT", "SENDING", "PENDING", "RETRY", "UNKNOWN", "FAILED", "STOPPED"];

export interface ChannelTally {
  channel: Channel;
  total: number;
  /** Of how many it is over, well or not. */
  over: number;
  /** Those that are there, in the order of `STATES`. */
  states: { state: DeliveryState; count: number }[];
}

const OVER: ReadonlySet<DeliveryState> = new Set(["SENT", "UNKNOWN", "FAILED", "STOPPED"]);

/** Deliveries by channel, in the order in which they are given. */
export function channelTallies(
  counts: readonly { channel: Channel; state: DeliveryState; count: number }[],
): ChannelTally[] {
  return [...Map.groupBy(counts, ({ channel }) => channel)].map(([channel, rows]) => ({
    channel,
    total: sum(rows),
    over: sum(rows.filter(({ state }) => OVER.has(state))),
    states: STATES.flatMap((state) => {
      const count = sum(rows.filter((row) => row.state === state));
      return count > 0 ? [{ state, count }] : [];
    }),
  }));
}

const sum = (rows: readonly { count: number }[]): number => rows.reduce((total, { count }) => total + count, 0);
