import type { DecisionKind, DecisionsQuery, PurposesQuery } from "../../gql/graphql";
import { type Going, goingOf } from "../answer/going";
import { uniqueBy } from "../answer/names";
import type { Holding } from "../answer/useMe";

export type Purpose = NonNullable<PurposesQuery["dataMap"]>["purposes"]["nodes"][number];
export type Decision = NonNullable<DecisionsQuery["me"]>["decisions"]["nodes"][number];
type Why = Holding["purposes"][number];
type Way = Holding["recipients"][number];

/** What a person has said about a purpose, as it counts now. */
export interface Stand {
  consents: boolean;
  objects: boolean;
  pauses: boolean;
}

const NOTHING: Stand = { consents: false, objects: false, pauses: false };

const EFFECTS: Record<DecisionKind, Partial<Stand>> = {
  CONSENT: { consents: true },
  WITHDRAWAL: { consents: false },
  OBJECTION: { objects: true },
  RESTRICTION: { pauses: true },
  LIFTING: { objects: false, pauses: false },
};

/** `decisions`: about one purpose, the oldest first. */
export const standOf = (decisions: readonly Pick<Decision, "kind">[]): Stand =>
  Object.assign({}, NOTHING, ...decisions.map(({ kind }) => EFFECTS[kind])) as Stand;

/** The decisions that lead from one stand to another, in their order. Lifting lifts both an objection and a pause. */
export function stepsBetween(now: Stand, wished: Stand): DecisionKind[] {
  const lifts = (now.objects && !wished.objects) || (now.pauses && !wished.pauses);
  const after = lifts ? { ...now, ...EFFECTS.LIFTING } : now;
  const steps: (DecisionKind | false)[] = [
    lifts && "LIFTING",
    wished.objects && !after.objects && "OBJECTION",
    wished.pauses && !after.pauses && "RESTRICTION",
    wished.consents !== now.consents && (wished.consents ? "CONSENT" : "WITHDRAWAL"),
  ];
  return steps.filter((each) => each !== false);
}

/** What a switch is about: an agreement, a use that can be objected to, or nothing that can be switched off. */
export type Say = "asked" | "open" | "fixed";

export const sayOf = ({ allows }: Pick<Purpose, "allows">): Say =>
  allows.includes("CONSENT") ? "asked" : allows.includes("OBJECTION") ? "open" : "fixed";

/** Whether the switch is on. */
export const isOn = (say: Say, { consents, objects }: Stand): boolean => !objects && (say !== "asked" || consents);

/** The stand when the switch is turned. */
export const turned = (say: Say, now: Stand, on: boolean): Stand =>
  on ? { ...now, objects: false, consents: say === "asked" || now.consents } : off(say, now);

const off = (say: Say, now: Stand): Stand =>
  say === "asked" ? { ...now, consents: false } : { ...now, objects: say === "open" };

export interface Choice {
  purpose: Purpose;
  say: Say;
  stand: Stand;
  /** The decision that made the stand, if one did. */
  latest: Decision | null;
  /** The holdings that serve the purpose, each with whether it is used for it. */
  data: readonly { holding: Holding; why: Why }[];
  /** Who receives something for it. */
  recipients: readonly { recipient: Way["recipient"]; going: Going; isIdentifiable: boolean }[];
}

/** What a person can say about each purpose, and what rests on it. */
export function choicesOf(
  purposes: readonly Purpose[],
  decisions: readonly Decision[],
  held: readonly Holding[],
): Choice[] {
  return purposes.map((purpose) => {
    const own = decisions.filter((each) => each.purposeKey === purpose.key);
    const ways = held.flatMap((holding) => holding.recipients.filter((way) => way.purpose.key === purpose.key));
    return {
      purpose,
      say: sayOf(purpose),
      stand: standOf(own),
      latest: own.findLast((each) => each.kind !== "LIFTING") ?? null,
      data: held.flatMap((holding) =>
        holding.purposes.filter((why) => why.purpose.key === purpose.key).map((why) => ({ holding, why })),
      ),
      recipients: uniqueBy(ways, (way) => way.recipient.key).map(({ recipient }) => {
        const same = ways.filter((way) => way.recipient.key === recipient.key);
        return {
          recipient,
          going: goingOf(same.map((way) => way.status)),
          isIdentifiable: same.some((way) => way.isIdentifiable),
        };
      }),
    };
  });
}
