import type { Channel, ChannelsQuery } from "../../gql/graphql";

export type Ways = NonNullable<NonNullable<ChannelsQuery["me"]>["noticeChannels"]>;

/** What is chosen once a way is ticked, or no more. Those chosen that are away for a while stay chosen. */
export function chosenWith(ways: Ways, channel: Channel, on: boolean): Channel[] {
  const others = ways.filter((each) => each.isChosen && each.channel !== channel).map((each) => each.channel);
  return on ? [...others, channel] : others;
}

/** Whether a way is the only one left by which the person is told: that one cannot be switched off. */
export const isLast = (ways: Ways, channel: Channel): boolean =>
  ways.every((each) => each.isUsed === (each.channel === channel));
