import type { ClauseRole, CoverageQuery, CoveredTextQuery, FoundByChecksFragment } from "../../gql/graphql";
import { type NamedElement, namedOf } from "../words/named";

export type CoveredClause = NonNullable<CoveredTextQuery["policy"]>["clauses"]["nodes"][number];
type Coverage = NonNullable<NonNullable<CoverageQuery["dataMap"]>["coverage"]>;

export interface ClauseRow {
  clause: CoveredClause;
  /** How deep it stands in the text, from 0. */
  depth: number;
  /** What it is there for, if neither it nor anything below it states an element. */
  silentAs: ClauseRole | null;
  /** Names of the elements that it states. */
  states: string[];
  findings: FoundByChecksFragment[];
  /** Whether somebody should look at it: a statement that states nothing, or what a check found. */
  needsLook: boolean;
}

export interface ElementRow {
  /** `RECIPIENT:mailer`. */
  name: string;
  element: NamedElement;
  /** The clauses that state it, in reading order. */
  statedBy: { key: string; number: string }[];
  findings: FoundByChecksFragment[];
  needsLook: boolean;
}

export interface Sides {
  text: ClauseRow[];
  map: ElementRow[];
}

export const nameOfElement = ({ kind, key }: Pick<NamedElement, "kind" | "key">): string => `${kind}:${key}`;

/** Text and map beside each other, each with what the other says of it. */
export function sidesOf(
  clauses: readonly CoveredClause[],
  coverage: Pick<Coverage, "silentClauses" | "unstatedElements">,
  findings: readonly FoundByChecksFragment[],
): Sides {
  const roles = new Map(coverage.silentClauses.map(({ clause, role }) => [clause.key, role]));
  const ofClauses = Map.groupBy(findings, ({ element, clause }) => (element ? "" : (clause?.key ?? "")));
  const ofElements = Map.groupBy(findings, ({ element }) => (element ? nameOfElement(namedOf(element)) : ""));
  const depths = new Map<string, number>();
  const elements = new Map<string, ElementRow>();
  const rowOf = (element: NamedElement): ElementRow => {
    const name = nameOfElement(element);
    const row = elements.get(name) ?? newRow(name, element, ofElements.get(name) ?? []);
    elements.set(name, row);
    return row;
  };
  const text = clauses.map((clause): ClauseRow => {
    const depth = clause.partOf ? (depths.get(clause.partOf.key) ?? 0) + 1 : 0;
    depths.set(clause.key, depth);
    const states = clause.states.map((each) => {
      const row = rowOf(namedOf(each));
      row.statedBy.push({ key: clause.key, number: clause.number });
      return row.name;
    });
    const silentAs = roles.get(clause.key) ?? null;
    const found = ofClauses.get(clause.key) ?? [];
    return {
      clause,
      depth,
      silentAs,
      states,
      findings: found,
      needsLook: silentAs === "STATEMENT" || found.length > 0,
    };
  });
  for (const each of coverage.unstatedElements) rowOf(namedOf(each)).needsLook = true;
  return { text, map: [...elements.values()] };
}

const newRow = (name: string, element: NamedElement, findings: FoundByChecksFragment[]): ElementRow => ({
  name,
  element,
  statedBy: [],
  findings,
  needsLook: findings.length > 0,
});
