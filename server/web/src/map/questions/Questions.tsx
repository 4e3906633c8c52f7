import { Reading } from "../../shared/page/Reading";
import { t } from "../../shared/texts";

export default function Questions() {
  return <Reading title={t("map.views.questions")}>{null}</Reading>;
}
