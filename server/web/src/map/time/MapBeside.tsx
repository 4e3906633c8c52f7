import { UnstyledButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { MapOfRevisionDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered } from "../../shared/states";
import { findText, t } from "../../shared/texts";
import { Cut } from "../words/Cut";
import { ElementName } from "../words/ElementLink";
import { KINDS_IN_ORDER } from "../words/named";
import { isWhole, type TwoRevisions, useCompared } from "./Changes";
import { type MarkedElement, markedElements } from "./changes";
import { MarkSign } from "./MarkSign";
import classes from "./Time.module.css";

/** The newer map in columns, with what was added to it, changed in it, and taken out of it. */
export function MapBeside({ from, to }: TwoRevisions) {
  const compared = useCompared({ from, to });
  const map = useAnswer(MapOfRevisionDocument, { number: to });
  const elements = useMemo(
    () => map.data && compared.data && markedElements(map.data.dataMap?.outline?.elements ?? [], compared.data.rows),
    [map.data, compared.data],
  );
  return (
    <Answered answer={compared} what={t("time.comparing")}>
      {() => (
        <Answered answer={map} what={t("time.comparing")}>
          {({ dataMap }) =>
            elements && (
              <>
                {compared.data && <Cut count={compared.data.rows.length} all={compared.data.totalCount} />}
                {dataMap?.outline?.isComplete === false && <p className={classes.note}>{t("time.map.incomplete")}</p>}
                <Columns elements={elements} isWhole={isWhole(compared.data)} />
              </>
            )
          }
        </Answered>
      )}
    </Answered>
  );
}

interface ColumnsProps {
  elements: readonly MarkedElement[];
  /** Whether all changes are known. */
  isWhole: boolean;
}

function Columns({ elements, isWhole }: ColumnsProps) {
  const groups = Map.groupBy(elements, ({ kind }) => kind);
  return (
    <div className={classes.columns}>
      {KINDS_IN_ORDER.flatMap((kind) => {
        const group = groups.get(kind);
        return group
          ? [<Column key={kind} title={findText(`kinds.${kind}`) ?? kind} elements={group} isWhole={isWhole} />]
          : [];
      })}
    </div>
  );
}

function Column({ title, elements, isWhole }: ColumnsProps & { title: string }) {
  const [isUnfolded, setOpen] = useState(false);
  // What no change is known of may have changed.
  const isOpen = isUnfolded || !isWhole;
  const same = elements.filter(({ mark }) => mark === null);
  const shown = isOpen ? elements : elements.filter(({ mark }) => mark !== null);
  return (
    <section className={classes.column} aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {shown.map((element) => (
          <li key={element.key} className={classes.element} data-mark={element.mark ?? undefined}>
            {element.mark && <MarkSign mark={element.mark} />}
            <ElementName element={element} />
          </li>
        ))}
      </ul>
      {same.length > 0 && !isOpen && (
        <UnstyledButton className={classes.more} onClick={() => setOpen(true)}>
          {t("time.map.same", { count: same.length })}
        </UnstyledButton>
      )}
    </section>
  );
}
