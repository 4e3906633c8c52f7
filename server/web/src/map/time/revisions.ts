import type { RevisionsQuery } from "../../gql/graphql";

export type Revision = RevisionsQuery["revisions"]["nodes"][number];

/** What a revision is compared with where nobody chose: the one that was published last before it. */
export function before(revisions: readonly Revision[], to: number): Revision | undefined {
  return revisions
    .filter(({ number, state }) => state === "PUBLISHED" && number < to)
    .toSorted((one, other) => other.number - one.number)[0];
}

/** The revision that was published last: the number that a publisher expects. */
export const lastPublished = (revisions: readonly Revision[]): number =>
  Math.max(0, ...revisions.filter(({ state }) => state === "PUBLISHED").map(({ number }) => number));
