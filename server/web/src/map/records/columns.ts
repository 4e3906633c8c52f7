import type { OfRecordFragment } from "../../gql/graphql";
import { t } from "../../shared/texts";

type Titled = Pick<OfRecordFragment, "title" | "point">;

/** A column as it is drawn. */
export interface Group {
  title: string;
  /** Where its cells are in those of a row. */
  places: number[];
}

/** With the point of Art. 30 that asks for it. */
export const titleOf = ({ title, point }: Titled): string => (point ? t("records.asked", { title, point }) : title);

/** Columns with those that are joined to them. */
export function groupsOf(columns: readonly OfRecordFragment[]): Group[] {
  const groups: Group[] = [];
  for (const [place, column] of columns.entries()) {
    const last = groups.at(-1);
    if (last && column.isJoined) {
      last.title = t("records.joined", { first: last.title, second: titleOf(column) });
      last.places.push(place);
    } else {
      groups.push({ title: titleOf(column), places: [place] });
    }
  }
  return groups;
}
