import { UnreadDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { t } from "../../shared/texts";
import classes from "./Changes.module.css";

/** How many notices are unread, beside the name of their view. */
export function UnreadCount() {
  const { data } = useAnswer(UnreadDocument, {}, { onFocus: true });
  const unread = data?.me?.unreadNotices ?? 0;
  if (!unread) return null;
  return (
    <span className={classes.badge}>
      <span aria-hidden>{unread}</span>
      <span className="seen-by-readers-only">{t("changes.unread", { count: unread })}</span>
    </span>
  );
}
