import { t } from "../../shared/texts";

interface CutProps {
  shown: number;
  count: number;
}

/** Where a view sums up what is held: that it is made of a part of it, if it is. */
export function Cut({ shown, count }: CutProps) {
  return shown < count && <p role="note">{t("me.cut", { shown, count })}</p>;
}

/** Below a list: that it does not go to its end, if it does not. */
export function CutList({ shown, count }: CutProps) {
  return shown < count && <p>{t("me.list.cut", { shown, count })}</p>;
}
