import type { RevisionsQuery } from "../../gql/graphql";

export type Revision = RevisionsQuery["revisions"]["nodes"][number];

/** The revision in force at a time: the published one that came into force last, of two at once the later one. */
export function inForceAt(revisions: readonly Revision[], time: Date): Revision | undefined {
  return revisions
    .filter(({ state, effectiveAt }) => state === "PUBLISHED" && effectiveAt !== null && new Date(effectiveAt) <= time)
    .toSorted((one, other) => order(other) - order(one) || other.number - one.number)[0];
}

/** What a revision is compared with where nobody chose: the one that was published last before it. */
export function before(revisions: readonly Revision[], to: number): Revision | undefined {
  return revisions
    .filter(({ number, state }) => state === "PUBLISHED" && number < to)
    .toSorted((one, other) => other.number - one.number)[0];
}

/** The revision that was published last: the number that a publisher expects. */
export const lastPublished = (revisions: readonly Revision[]): number =>
  Math.max(0, ...revisions.filter(({ state }) => state === "PUBLISHED").map(({ number }) => number));

const order = ({ effectiveAt }: Revision): number => (effectiveAt === null ? 0 : Date.parse(effectiveAt));
