import { SegmentedControl } from "@mantine/core";
import { useQueryStates } from "nuqs";
import { Reading } from "../../shared/page/Reading";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import { useNetwork, useOutline } from "../network/useNetwork";
import { ASKED, OF_QUESTION } from "./address";
import { Impact } from "./Impact";
import { Paths } from "./Paths";
import classes from "./Questions.module.css";

/** What can be asked of the map, with the answer below. The address is the question. */
export default function Questions() {
  const [question, set] = useQueryStates(OF_QUESTION, { history: "push" });
  const outline = useOutline();
  const network = useNetwork();
  return (
    <Reading title={t("map.views.questions")} intro={t("questions.intro")}>
      <SegmentedControl
        aria-label={t("questions.ask")}
        className={classes.asked}
        value={question.ask}
        onChange={(ask) => void set({ ask: ASKED.find((each) => each === ask) ?? null })}
        data={ASKED.map((value) => ({ value, label: t(`questions.ask.${value}`) }))}
      />
      <Answered answer={outline}>
        {() =>
          network &&
          (question.ask === "paths" ? (
            <Paths network={network} from={question.from} to={question.to} ask={(names) => void set(names)} />
          ) : (
            <Impact network={network} of={question.of} ask={(of) => void set({ of })} />
          ))
        }
      </Answered>
    </Reading>
  );
}
