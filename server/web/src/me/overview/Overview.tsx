import { OverviewDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { Reading } from "../../shared/page/Reading";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";

export default function Overview() {
  const answer = useAnswer(OverviewDocument, {});
  return <Answered answer={answer}>{({ me }) => <Reading title={t("me.title")}>{me?.key}</Reading>}</Answered>;
}
