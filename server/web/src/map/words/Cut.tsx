import { t } from "../../shared/texts";
import classes from "./words.module.css";

/** Says of a list that was not read to its end how much of it is there. */
export function Cut({ count, all }: { count: number; all: number }) {
  return count < all && <p className={classes.cut}>{t("common.cut", { count, all })}</p>;
}
