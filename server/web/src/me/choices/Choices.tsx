import { parseAsString, useQueryState } from "nuqs";
import { Answered } from "../../shared/states";
import { count, t } from "../../shared/texts";
import { useHeld } from "../answer/useMe";
import { Dated } from "../day/Dated";
import { Cut, CutList } from "../parts/Cut";
import { Section, Sheet } from "../parts/Section";
import { ChoiceRow } from "./ChoiceRow";
import { History } from "./History";
import { type Choice, choicesOf } from "./standing";
import { useDecisions, usePurposes } from "./useDecisions";

const SAYS = ["asked", "open", "fixed"] as const;

/** What data is used for, and what the person has to say about each use. */
export default function Choices() {
  const held = useHeld();
  const purposes = usePurposes();
  const decisions = useDecisions();
  return (
    <Dated title="choices.title" intro={t("choices.intro")} error={held.error}>
      <Answered answer={held}>
        {({ rows, totalCount }) => (
          <Answered answer={purposes}>
            {(all) => (
              <Answered answer={decisions}>
                {(decided) => (
                  <>
                    <Cut shown={rows.length} count={totalCount} />
                    <All
                      choices={choicesOf(all.rows, decided.rows, rows)}
                      revision={all.data.dataMap?.revision.number ?? 0}
                    />
                    <CutList shown={all.rows.length} count={all.totalCount} />
                    <History decisions={decided.rows} />
                  </>
                )}
              </Answered>
            )}
          </Answered>
        )}
      </Answered>
    </Dated>
  );
}

function All({ choices, revision }: { choices: readonly Choice[]; revision: number }) {
  const [open, setOpen] = useQueryState("open", parseAsString.withOptions({ history: "push" }));
  const rowsOf = (shown: readonly Choice[]) => (
    <Sheet>
      {shown.map((choice) => {
        const { key } = choice.purpose;
        return (
          <ChoiceRow
            key={key}
            choice={choice}
            revision={revision}
            opened={key === open}
            onToggle={() => void setOpen(key === open ? null : key)}
          />
        );
      })}
    </Sheet>
  );
  // What a person can agree to is offered in any case: it can be decided before there is anything.
  const isShownFirst = ({ say, data }: Choice) => say === "asked" || data.length > 0;
  const idle = choices.filter((each) => !isShownFirst(each));
  return (
    <>
      {SAYS.map((say) => {
        const ofIt = choices.filter((each) => each.say === say && isShownFirst(each));
        return (
          ofIt.length > 0 && (
            <Section key={say} title={t(`choices.${say}`)} hint={t(`choices.${say}.hint`)} aside={count(ofIt.length)}>
              {rowsOf(ofIt)}
            </Section>
          )
        );
      })}
      {idle.length > 0 && (
        <Section title={t("choices.idle")} hint={t("choices.idle.hint")} aside={count(idle.length)}>
          {rowsOf(idle)}
        </Section>
      )}
    </>
  );
}
