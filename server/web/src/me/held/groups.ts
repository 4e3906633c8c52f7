import { LANGUAGE } from "../../shared/texts";
import { uniqueBy } from "../answer/names";
import type { Holding } from "../answer/useMe";

export const GROUPINGS = ["service", "kind"] as const;
export type Grouping = (typeof GROUPINGS)[number];

type Row = Pick<Holding, "serviceKey" | "categoryKey" | "service" | "category">;

export interface Group<Of> {
  key: string;
  /** Null for what the revision has no name for. */
  name: string | null;
  description: string;
  rows: readonly Of[];
}

/** Rows by the service that holds them, or by the kind of data that theirs is part of. */
export function grouped<Of extends Row>(rows: readonly Of[], by: Grouping): Group<Of>[] {
  const groupOf = by === "service" ? serviceOf : kindOf;
  const named = uniqueBy(rows.map(groupOf), (group) => group.key);
  const groups = named.map((group) => ({
    ...group,
    rows: rows.filter((row) => groupOf(row).key === group.key).toSorted(inOrder),
  }));
  return by === "service" ? groups : groups.toSorted((one, other) => weightOf(one.rows[0]) - weightOf(other.rows[0]));
}

/** Personal data first, then by name. */
function inOrder(one: Row, other: Row): number {
  return weightOf(one) - weightOf(other) || nameOf(one).localeCompare(nameOf(other), LANGUAGE);
}

const nameOf = ({ category, categoryKey }: Row): string => category?.name ?? categoryKey;

const serviceOf = ({ serviceKey, service }: Row) => ({
  key: serviceKey,
  name: service?.name ?? null,
  description: service?.description ?? "",
});

function kindOf({ category }: Row) {
  const [parent] = category?.ancestors ?? [];
  const kind = parent ?? category;
  return { key: kind?.key ?? "", name: kind?.name ?? null, description: kind?.description ?? "" };
}

const weightOf = (row: Row | undefined): number => {
  if (!row?.category) return 2;
  return row.category.kind === "PERSONAL" ? 0 : 1;
};

/** Those whose kind of data or service has all words of `text` in its name. */
export function matching<Of extends Row>(rows: readonly Of[], text: string): readonly Of[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return rows;
  return rows.filter(({ serviceKey, categoryKey, service, category }) => {
    const names = [service?.name ?? serviceKey, category?.name ?? categoryKey, ...namesOf(category)];
    const written = names.join(" ").toLowerCase();
    return words.every((word) => written.includes(word));
  });
}

const namesOf = (category: Row["category"]) => category?.ancestors.map((each) => each.name) ?? [];
