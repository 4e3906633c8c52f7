interface Told {
  kind: string;
  revisionNumber: number;
}

/** The numbers of the revisions that were announced and then taken back: they are nowhere to be read any more. */
export const withdrawnOf = (notices: readonly Told[]): ReadonlySet<number> =>
  new Set(notices.filter(({ kind }) => kind === "WITHDRAWAL").map(({ revisionNumber }) => revisionNumber));
