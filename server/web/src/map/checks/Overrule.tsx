import { Button, Group, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { CoverageDocument, FindingsDocument, OverruleFindingDocument } from "../../gql/graphql";
import { useCommand } from "../../shared/client/answers";
import { announce } from "../../shared/page/announce";
import { takeLostFocus } from "../../shared/page/focus";
import { NotDone } from "../../shared/states";
import { moment, t } from "../../shared/texts";
import classes from "./Checks.module.css";

/** As the service has it. */
const REASON_CHARACTERS_AT_MOST = 2000;

interface OverruleProps {
  /** The draft that the violation is in the way of; null where it is none, and nothing can be overruled any more. */
  draft: number | null;
  finding: { key: string; overrule: { reason: string; by: string | null; overruledAt: string } | null };
}

/** Why a violation does not keep a draft from being published, and in a draft the way to say so. */
export function Overrule({ draft, finding: { key, overrule } }: OverruleProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    flushSync(() => setOpen(false));
    takeLostFocus(button.current);
  };
  return (
    <div className={classes.overrule}>
      {overrule && (
        <p className={classes.overruled}>
          <strong>{t("overrule.done")}</strong> {overrule.reason}
          <span className={classes.by}>
            {t("overrule.by", {
              who: overrule.by ?? t("overrule.commandLine"),
              when: moment(overrule.overruledAt),
            })}
          </span>
        </p>
      )}
      {draft !== null &&
        (isOpen ? (
          <Reason draft={draft} finding={key} before={overrule?.reason ?? ""} close={close} />
        ) : (
          <Button ref={button} variant="default" size="compact-sm" onClick={() => setOpen(true)}>
            {t(overrule ? "overrule.again" : "overrule.ask")}
          </Button>
        ))}
    </div>
  );
}

interface ReasonProps {
  draft: number;
  finding: string;
  before: string;
  close: () => void;
}

function Reason({ draft, finding, before, close }: ReasonProps) {
  const [reason, setReason] = useState(before);
  const overrule = useCommand(OverruleFindingDocument, [FindingsDocument, CoverageDocument]);
  const answered = overrule.data?.overruleFinding;
  const wrong = answered?.__typename === "OverruleFindingSuccess" ? undefined : answered?.message;
  // Once: drawing it again is no reason to take the focus back.
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = () =>
    overrule.mutate(
      { input: { number: draft, finding, reason } },
      {
        onSuccess: ({ overruleFinding }) => {
          if (overruleFinding.__typename !== "OverruleFindingSuccess") return;
          announce(t("overrule.announced"));
          close();
        },
      },
    );
  return (
    <form
      className={classes.reason}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        label={t("overrule.reason")}
        description={t("overrule.hint")}
        autosize
        minRows={2}
        required
        ref={field}
        maxLength={REASON_CHARACTERS_AT_MOST}
        value={reason}
        error={wrong}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      <NotDone command={overrule} again={send} />
      <Group gap="xs">
        <Button type="submit" size="xs" loading={overrule.isPending} disabled={reason.trim() === ""}>
          {t("overrule.do")}
        </Button>
        <Button variant="subtle" size="xs" onClick={close}>
          {t("common.cancel")}
        </Button>
      </Group>
    </form>
  );
}
