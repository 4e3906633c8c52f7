import { Button, CloseButton, Paper } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { NoticeAddedDocument, type NoticeAddedSubscription, NoticesDocument, UnreadDocument } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { useLive } from "../../shared/client/live";
import { announce } from "../../shared/page/announce";
import { LANGUAGE, t } from "../../shared/texts";
import classes from "./Changes.module.css";

type Arrived = NoticeAddedSubscription["noticeAdded"];

/** Hears of each new notice, whichever view is open, and says so. */
export function Arrivals() {
  const client = useQueryClient();
  const [arrived, setArrived] = useState<Arrived | null>(null);
  const askAnew = () => {
    for (const each of [NoticesDocument, UnreadDocument]) {
      void client.invalidateQueries({ queryKey: keyOf(each as never) });
    }
  };
  const tell = ({ noticeAdded }: NoticeAddedSubscription) => {
    askAnew();
    setArrived(noticeAdded);
    announce(t("changes.arrived", { title: noticeAdded.title }));
  };
  useLive(NoticeAddedDocument, { locale: LANGUAGE }, tell, { onOpen: askAnew });
  if (!arrived) return null;
  const close = () => setArrived(null);
  return (
    <Paper
      className={classes.arrival ?? ""}
      shadow="lg"
      withBorder
      component="aside"
      aria-label={t("changes.arrived.title")}
    >
      <BellRing aria-hidden size={20} strokeWidth={1.75} />
      <div>
        <p className={classes.label}>{t("changes.arrived.title")}</p>
        <p>{arrived.title}</p>
        <Button component={Link} to={`/changes?notice=${arrived.reference}`} size="xs" onClick={close}>
          {t("changes.open")}
        </Button>
      </div>
      <CloseButton aria-label={t("common.close")} onClick={close} />
    </Paper>
  );
}
