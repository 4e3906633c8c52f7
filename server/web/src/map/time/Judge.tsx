import { Button, Group, Radio, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useRef, useState } from "react";
import { flushSync } from "react-dom";
import {
  AdjustImpactDocument,
  type AdjustImpactInput,
  ComparedDocument,
  ReachOfRevisionDocument,
  type ToldChangeFragment,
} from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask } from "../../shared/client/ask";
import { announce } from "../../shared/page/announce";
import { takeLostFocus } from "../../shared/page/focus";
import { NotDone } from "../../shared/states";
import { t } from "../../shared/texts";
import { IMPACTS, isLess } from "./changes";
import classes from "./Judge.module.css";

/** As the service has it. */
const REASON_CHARACTERS_AT_MOST = 2000;

export interface Judging {
  draft: number;
  /** The change that was judged last, which may stand in another part of the list now. */
  judgedRef: RefObject<string | null>;
}

interface JudgeProps {
  judging: Judging;
  change: ToldChangeFragment;
}

/** The publisher's word on what a change of a draft does to people's rights: as more than the rule says, or as less. */
export function Judge({ judging, change }: JudgeProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    flushSync(() => setOpen(false));
    takeLostFocus(button.current);
  };
  return isOpen ? (
    <Judgement judging={judging} change={change} close={close} />
  ) : (
    <Button
      ref={button}
      className={classes.ask ?? ""}
      variant="default"
      size="compact-xs"
      onClick={() => setOpen(true)}
    >
      {t(change.adjustment ? "judge.again" : "judge.ask")}
    </Button>
  );
}

function Judgement({ judging, change, close }: JudgeProps & { close: () => void }) {
  const { key, judgedImpact, adjustment } = change;
  const [impact, setImpact] = useState(change.impact);
  const [reason, setReason] = useState(adjustment?.reason ?? "");
  const judge = useJudging(judging);
  const answered = judge.data?.adjustImpact;
  const wrong = answered?.__typename === "AdjustImpactSuccess" ? undefined : answered?.message;
  const isSame = impact === change.impact && reason === (adjustment?.reason ?? "");
  const needsReason = isLess(impact, judgedImpact);
  const send = () =>
    judge.mutate(
      { number: judging.draft, change: key, impact, reason: reason.trim() || null },
      { onSuccess: ({ adjustImpact }) => adjustImpact.__typename === "AdjustImpactSuccess" && close() },
    );
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Radio.Group
        label={t("judge.impact")}
        value={impact}
        onChange={(value) => setImpact(IMPACTS.find((each) => each === value) ?? impact)}
      >
        <div className={classes.options}>
          {IMPACTS.map((each) => (
            <Radio
              key={each}
              value={each}
              autoFocus={each === impact}
              label={t(`impact.${each}`)}
              description={each === judgedImpact ? t("judge.byRule") : undefined}
            />
          ))}
        </div>
      </Radio.Group>
      <Textarea
        label={t(needsReason ? "judge.reason.less" : "judge.reason")}
        description={t("judge.hint")}
        autosize
        minRows={2}
        required={needsReason}
        maxLength={REASON_CHARACTERS_AT_MOST}
        value={reason}
        error={wrong}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      <NotDone command={judge} again={send} />
      <Group gap="xs">
        <Button
          type="submit"
          size="xs"
          loading={judge.isPending}
          disabled={isSame || (needsReason && reason.trim() === "")}
        >
          {t("judge.do")}
        </Button>
        <Button variant="subtle" size="xs" onClick={close}>
          {t("common.cancel")}
        </Button>
      </Group>
    </form>
  );
}

/** What is told of the change and whom the draft reaches is old then, also where only the answer was lost. */
function useJudging({ judgedRef }: Judging) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: AdjustImpactInput) => ask(AdjustImpactDocument, { input }),
    onSettled: (data, _error, { change }) => {
      if (data?.adjustImpact.__typename === "AdjustImpactSuccess") {
        judgedRef.current = change;
        announce(t("judge.announced"));
      }
      const old = [ComparedDocument, ReachOfRevisionDocument];
      return Promise.all(old.map((each) => client.invalidateQueries({ queryKey: keyOf(each) })));
    },
  });
}
