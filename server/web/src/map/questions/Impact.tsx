import { CircleSlash2 } from "lucide-react";
import { useMemo } from "react";
import { ImpactDocument, type ImpactQuery, type NamedFragment } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Answered, State } from "../../shared/states";
import { count, findText, t } from "../../shared/texts";
import { KINDS, type Network } from "../network/network";
import { useHome } from "../network/useNetwork";
import { useRevision } from "../revision/useRevision";
import { ClauseList } from "../words/ClauseList";
import { ElementLink } from "../words/ElementLink";
import { Figures, Part } from "../words/Figures";
import { FindingList } from "../words/FindingList";
import { briefly, called, namedOf } from "../words/named";
import { peopleText } from "../words/people";
import { SeenList } from "../words/SeenList";
import { inputsOf } from "./address";
import { ElementsInput } from "./ElementsInput";
import classes from "./Questions.module.css";
import { Suggestions } from "./Suggestions";
import { impactSuggestions } from "./suggested";

interface ImpactProps {
  network: Network;
  of: readonly string[];
  ask: (of: string[]) => void;
}

/** What else falls if elements go, which promises break, and how many people that concerns. */
export function Impact({ network, of, ask }: ImpactProps) {
  const suggestions = useMemo(() => impactSuggestions(network), [network]);
  const home = useHome();
  return (
    <>
      <div className={classes.line}>
        <ElementsInput
          network={network}
          kinds={KINDS}
          except={home}
          label={t("impact.of")}
          placeholder={t("impact.of.any")}
          value={of}
          onChange={ask}
        />
      </div>
      {of.length > 0 ? (
        <Answer network={network} of={of} />
      ) : (
        <>
          <Suggestions suggestions={suggestions} ask={(names) => ask(names.of ?? [])} />
          <State icon={CircleSlash2} title={t("impact.ask")} hint={t("impact.ask.hint")} />
        </>
      )}
    </>
  );
}

function Answer({ network, of }: Pick<ImpactProps, "network" | "of">) {
  const { variables } = useRevision();
  const answer = useAnswer(ImpactDocument, { ...variables, of: inputsOf(of) });
  return (
    <Answered answer={answer} what={t("impact.loading")}>
      {({ dataMap }) =>
        dataMap?.impact && <Told network={network} impact={dataMap.impact} revision={dataMap.revision.number} />
      }
    </Answered>
  );
}

type ImpactOf = NonNullable<NonNullable<ImpactQuery["dataMap"]>["impact"]>;

function Told({ network, impact, revision }: { network: Network; impact: ImpactOf; revision: number }) {
  const { falls, brokenPromises, findings, people, isComplete } = impact;
  const groups = Map.groupBy(falls, ({ element }) => namedOf(element).kind);
  const named = (element: NamedFragment) => called(network, namedOf(element));
  const namesOf = (elements: readonly NamedFragment[]) =>
    briefly([...new Set(elements.map((each) => named(each).name))], "; ");
  return (
    <section className={classes.answer} aria-label={t("impact.answer")}>
      <Figures
        figures={[
          { title: t("impact.falls"), value: count(falls.length) },
          { title: t("impact.promises"), value: count(brokenPromises.length) },
          { title: t("impact.people"), value: peopleText(people) },
        ]}
      />
      {!isComplete && <p className={classes.cut}>{t("impact.incomplete")}</p>}
      {falls.length > 0 && (
        <Part isRegion title={t("impact.falls.title")}>
          {[...groups].map(([kind, fallen]) => (
            <div key={kind} className={classes.group}>
              <h3>
                {findText(`kinds.${kind}`) ?? kind} <span>{fallen.length}</span>
              </h3>
              <SeenList
                rows={fallen}
                keyOf={({ element }) => element.key}
                label={findText(`kinds.${kind}`) ?? kind}
                className={classes.fallen}
                height={32}
              >
                {({ element, because }) => (
                  <>
                    <ElementLink element={named(element)} />
                    {because.length > 0 && (
                      <span className={classes.note}>{t("impact.because", { names: namesOf(because) })}</span>
                    )}
                  </>
                )}
              </SeenList>
            </div>
          ))}
        </Part>
      )}
      {brokenPromises.length > 0 && (
        <Part isRegion title={t("impact.promises.title")}>
          <SeenList
            rows={brokenPromises}
            keyOf={({ clause }) => clause.key}
            label={t("impact.promises.title")}
            className={classes.promises}
            height={96}
          >
            {({ clause, states }) => (
              <>
                <ClauseList clauses={[clause]} revision={revision} />
                <p className={classes.note}>{t("impact.states", { names: namesOf(states) })}</p>
              </>
            )}
          </SeenList>
        </Part>
      )}
      {findings.length > 0 && (
        <Part isRegion title={t("impact.findings.title")}>
          <FindingList findings={findings} />
        </Part>
      )}
    </section>
  );
}
