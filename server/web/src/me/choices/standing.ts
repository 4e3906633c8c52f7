import type { DecisionKind, DecisionsQuery, LegalBasis, PurposesQuery } from "../../gql/graphql";
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
  restricts: boolean;
}

/** What a stand is to become. What is left out stays as it is, whatever it has become meanwhile. */
export type Wish = Partial<Stand>;

const NOTHING: Stand = { consents: false, objects: false, restricts: false };

const EFFECTS: Record<DecisionKind, Wish> = {
  CONSENT: { consents: true },
  WITHDRAWAL: { consents: false },
  OBJECTION: { objects: true },
  RESTRICTION: { restricts: true },
  LIFTING: { objects: false, restricts: false },
};

/** `decisions`: about one purpose, the oldest first. */
export const standOf = (decisions: readonly Pick<Decision, "kind">[]): Stand =>
  Object.assign({}, NOTHING, ...decisions.map(({ kind }) => EFFECTS[kind])) as Stand;

/** The decisions that made the stand, the oldest first: none that was lifted, or that another one replaced. */
export function standing(decisions: readonly Decision[]): Standing[] {
  const stand = standOf(decisions);
  const last = new Map(decisions.map((each) => [each.kind, each]));
  return decisions.filter((each): each is Standing => {
    const said = Object.entries(EFFECTS[each.kind]) as [keyof Stand, boolean][];
    return each.kind !== "LIFTING" && last.get(each.kind) === each && said.every(([of, is]) => stand[of] === is);
  });
}

/** What a switch is about: an agreement, a use that can be objected to, or nothing that can be switched off. */
export type Say = "asked" | "open" | "fixed";

export const sayOf = ({ allows }: Pick<Purpose, "allows">): Say =>
  allows.includes("CONSENT") ? "asked" : allows.includes("OBJECTION") ? "open" : "fixed";

/** Whether the switch is on. */
export const isOn = (say: Say, { consents, objects }: Stand): boolean => !objects && (say !== "asked" || consents);

/** What the person wishes who turns the switch. */
export const turned = (say: Say, on: boolean): Wish => {
  if (on) return { objects: false, ...(say === "asked" ? { consents: true } : {}) };
  return say === "asked" ? { consents: false } : { objects: true };
};

/** A decision that can stand: what is lifted is gone. */
export type Standing = Decision & { kind: Exclude<DecisionKind, "LIFTING"> };

export interface Choice {
  purpose: Purpose;
  say: Say;
  stand: Stand;
  /** The latest of the decisions that made the stand, if any did. */
  latest: Standing | null;
  /** The bases on which the person's data is used for it. */
  bases: readonly LegalBasis[];
  /** The holdings that serve the purpose, each once for each way in which it is used for it, or is not. */
  data: readonly { holding: Holding; status: Why["status"] }[];
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
    const whys = held.flatMap((holding) =>
      holding.purposes.filter((why) => why.purpose.key === purpose.key).map((why) => ({ holding, why })),
    );
    const ways = held.flatMap((holding) => holding.recipients.filter((way) => way.purpose.key === purpose.key));
    return {
      purpose,
      say: sayOf(purpose),
      stand: standOf(own),
      latest: standing(own).at(-1) ?? null,
      bases: [...new Set([...whys.map(({ why }) => why.legalBasis), purpose.legalBasis])],
      data: uniqueBy(
        whys.map(({ holding, why: { status } }) => ({ holding, status })),
        ({ holding, status }) => `${holding.id} ${status}`,
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

/** Of how many holdings that serve the purpose how many are used for it. */
export function entriesOf({ data }: Pick<Choice, "data">): { used: number; count: number } {
  const isUsed = data.filter(({ status }) => status === "ACTIVE");
  return { used: new Set(isUsed.map(idOf)).size, count: new Set(data.map(idOf)).size };
}

const idOf = ({ holding }: { holding: Pick<Holding, "id"> }): string => holding.id;
