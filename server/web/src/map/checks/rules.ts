import type { FoundByChecksFragment } from "../../gql/graphql";

export interface BrokenRule {
  rule: string;
  kind: FoundByChecksFragment["kind"];
  /** What falls under it, and how to mend that. */
  says: string;
  mending: string;
  findings: FoundByChecksFragment[];
}

/** Findings by the rule that found them, in the order in which they come. */
export function rulesOf(findings: readonly FoundByChecksFragment[]): BrokenRule[] {
  const groups = Map.groupBy(findings, ({ kind, rule }) => `${kind} ${rule}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first
      ? [{ rule: first.rule, kind: first.kind, says: first.ruleSays, mending: first.mending, findings: group }]
      : [];
  });
}

/** Which of them keep a draft from being published. */
const isInTheWay = ({ kind, overrule }: Pick<FoundByChecksFragment, "kind" | "overrule">): boolean =>
  kind === "VIOLATION" && overrule === null;

export interface Tally {
  inTheWay: number;
  overruled: number;
  gaps: number;
}

export function tallyOf(findings: readonly FoundByChecksFragment[]): Tally {
  const inTheWay = findings.filter(isInTheWay).length;
  const violations = findings.filter(({ kind }) => kind === "VIOLATION").length;
  return { inTheWay, overruled: violations - inTheWay, gaps: findings.length - violations };
}
