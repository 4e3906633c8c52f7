import { useMemo } from "react";
import type { ReachOfRevisionQuery } from "../../gql/graphql";
import { Answered } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { type TwoRevisions, useCompared } from "./Changes";
import { ChangeTitle } from "./ChangeTitle";
import classes from "./ReachTable.module.css";

type Reach = NonNullable<NonNullable<ReachOfRevisionQuery["revision"]>["reach"]>;

interface ReachTableProps {
  rows: Reach["changes"]["nodes"];
  /** Those that the changes are between. */
  revisions: TwoRevisions;
}

/** How many people each change touches. */
export function ReachTable({ rows, revisions }: ReachTableProps) {
  const compared = useCompared(revisions);
  const changes = useMemo(() => new Map(compared.data?.rows.map((each) => [each.key, each])), [compared.data]);
  return (
    <Answered answer={compared} what={t("time.comparing")}>
      {() => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that keys scroll it
        <section className={classes.scroller} tabIndex={0} aria-label={t("reach.changes")}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t("reach.change")}</th>
                <th scope="col">{t("reach.impact")}</th>
                <th scope="col" data-number>
                  {t("reach.subjects")}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ change: key, impact, subjects, isAboutEveryone }) => {
                const change = changes.get(key);
                return (
                  <tr key={key}>
                    <th scope="row">
                      {/* Of more changes than are read, only the key is known. */}
                      {change ? <ChangeTitle change={change} revisions={revisions} /> : <code>{key}</code>}
                    </th>
                    <td>{t(`impact.${impact}.short`)}</td>
                    <td data-number>
                      {count(subjects)}
                      {isAboutEveryone && <small> {t("reach.everyone")}</small>}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
    </Answered>
  );
}
