import { Reading } from "../../shared/page/Reading";
import { t } from "../../shared/texts";

export default function Picture() {
  return <Reading title={t("map.views.picture")}>{null}</Reading>;
}
