import { Button } from "@mantine/core";
import { BellRing, CheckCheck } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect } from "react";
import { NoticesDocument, type NoticesQuery, type NoticesQueryVariables } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";
import { Answered, NotDone, State } from "../../shared/states";
import { day, LANGUAGE, ownDay, t } from "../../shared/texts";
import { Dated } from "../day/Dated";
import { useDay } from "../day/useDay";
import { CutList } from "../parts/Cut";
import { Row } from "../parts/Row";
import { Section, Sheet } from "../parts/Section";
import classes from "./Changes.module.css";
import { Channels } from "./Channels";
import { NoticeParts } from "./NoticeParts";
import { fromOf } from "./told";
import { useMarkRead } from "./useMarkRead";
import { withdrawnOf } from "./withdrawn";

type Listed = NonNullable<NonNullable<NoticesQuery["me"]>["notices"]>["nodes"][number];

/** What the person was told of changes of the policy, and how they are told. */
export default function Changes() {
  const { asOf } = useDay();
  const answer = useWhole<NoticesQuery, Listed, NoticesQueryVariables>(
    NoticesDocument,
    { asOf, locale: LANGUAGE },
    ({ me }) => me?.notices,
    { onFocus: true },
  );
  return (
    <Dated title="me.views.changes" intro={t("changes.intro")} error={answer.error}>
      <Answered answer={answer}>
        {({ rows, totalCount }) =>
          rows.length > 0 ? (
            <Notices notices={rows} total={totalCount} />
          ) : (
            <State icon={BellRing} title={t("changes.none.title")} hint={t("changes.none.hint")} />
          )
        }
      </Answered>
      {!asOf && <Channels />}
    </Dated>
  );
}

function Notices({ notices, total }: { notices: readonly Listed[]; total: number }) {
  const { on: past } = useDay();
  const [open, setOpen] = useQueryState("notice", parseAsString.withOptions({ history: "push" }));
  const mark = useMarkRead();
  const withdrawn = withdrawnOf(notices);
  const unread = notices.filter((each) => !each.readAt).map((each) => each.id);
  const opened = notices.find((each) => each.reference === open);
  const toMark = past === null && opened && !opened.readAt ? opened.id : null;
  const { mutate } = mark;
  useEffect(() => {
    if (toMark) mutate([toMark]);
  }, [toMark, mutate]);
  return (
    <Section
      title={t("changes.messages")}
      aside={unread.length > 0 ? t("changes.unread", { count: unread.length }) : undefined}
    >
      {unread.length > 0 && past === null && (
        <Button
          className={classes.mark ?? ""}
          variant="default"
          size="xs"
          leftSection={<CheckCheck aria-hidden size={15} />}
          loading={mark.isPending}
          onClick={() => mark.mutate(unread)}
        >
          {t(unread.length > 1 ? "changes.markAllRead" : "changes.markRead")}
        </Button>
      )}
      <NotDone command={mark} />
      <Sheet>
        {notices.map((notice) => (
          <Row
            key={notice.id}
            title={
              <>
                {!notice.readAt && <span className={classes.new}>{t("changes.new")}</span>}
                {notice.title}
                {notice.kind !== "WITHDRAWAL" && withdrawn.has(notice.revisionNumber) && (
                  <span className={classes.withdrawn}>{t("changes.withdrawn")}</span>
                )}
              </>
            }
            line={lineOf(notice, withdrawn.has(notice.revisionNumber))}
            opened={notice.reference === open}
            onToggle={() => void setOpen(notice.reference === open ? null : notice.reference)}
          >
            <NoticeParts id={notice.id} isWithdrawn={withdrawn.has(notice.revisionNumber)} />
          </Row>
        ))}
      </Sheet>
      <CutList shown={notices.length} count={total} />
    </Section>
  );
}

function lineOf({ createdAt, readAt, effectiveAt, isInForce }: Listed, isWithdrawn: boolean): string {
  const from = effectiveAt && t(fromOf(isWithdrawn, isInForce), { day: day(effectiveAt) });
  const read = readAt && t("changes.read", { day: ownDay(readAt) });
  return [t("changes.told", { day: ownDay(createdAt) }), from, read].filter(Boolean).join(" · ");
}
