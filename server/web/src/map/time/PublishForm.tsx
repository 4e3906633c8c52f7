import { Button, Checkbox, Radio, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { PublishRevisionDocument, type PublishRevisionInput, type PublishRevisionMutation } from "../../gql/graphql";
import { ask } from "../../shared/client/ask";
import { announce } from "../../shared/page/announce";
import { takeLostFocus } from "../../shared/page/focus";
import { Failed } from "../../shared/states";
import { day, t } from "../../shared/texts";
import classes from "./PublishForm.module.css";

/** As the service has it. */
const REASON_CHARACTERS_AT_MOST = 2000;

interface PublishFormProps {
  number: number;
  expectedNumber: number;
  /** How many people are told; undefined until they are counted. */
  subjects: number | undefined;
  /** Whether no violation is in the way. */
  isFree: boolean;
}

/** From when the draft holds, the confirmation, and the publication. */
export function PublishForm({ number, expectedNumber, subjects, isFree }: PublishFormProps) {
  const [on, setOn] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  // What was confirmed: of anything else it holds no more.
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const meant = JSON.stringify([expectedNumber, on, reason, subjects]);
  const canConfirm = isFree && subjects !== undefined && on !== "";
  const isConfirmed = canConfirm && confirmed === meant;
  const publish = usePublish();
  // Once it is published, the form gives way to how far the telling is.
  useEffect(() => () => takeLostFocus(document.getElementById("content")), []);
  const refused = refusalOf(publish.data);
  const isShort = refused?.__typename === "ShortNotice";
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        setConfirmed(null);
        publish.mutate({
          number,
          expectedNumber,
          // Now is what the service's clock says when it publishes.
          effectiveAt: on === null ? null : `${on}T00:00:00Z`,
          reason: reason.trim() || null,
        });
      }}
    >
      <Radio.Group
        aria-label={t("publish.when")}
        value={on === null ? "now" : "day"}
        onChange={(value) => setOn(value === "now" ? null : tomorrow())}
      >
        <div className={classes.options}>
          <Radio value="now" label={t("publish.now")} />
          <Radio value="day" label={t("publish.day")} />
        </div>
      </Radio.Group>
      {on !== null && (
        <TextInput
          type="date"
          className={classes.day}
          label={t("publish.on")}
          required
          min={tomorrow()}
          value={on}
          onChange={({ currentTarget: { value } }) => setOn(value)}
        />
      )}
      {refused && (
        <div className={classes.refused} role="alert">
          <p>{refused.message}</p>
          {isShort && (
            <Button variant="default" size="xs" onClick={() => setOn(refused.earliest.slice(0, 10))}>
              {t("publish.later", { day: day(refused.earliest) })}
            </Button>
          )}
        </div>
      )}
      {isShort && (
        <Textarea
          label={t("publish.reason")}
          description={t("overrule.hint")}
          autosize
          minRows={2}
          maxLength={REASON_CHARACTERS_AT_MOST}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
        />
      )}
      {publish.error && <Failed small isCommand error={publish.error} />}
      <Checkbox
        label={confirmation(number, on, subjects ?? 0)}
        disabled={!canConfirm}
        checked={isConfirmed}
        onChange={({ currentTarget: { checked } }) => setConfirmed(checked ? meant : null)}
      />
      <div>
        <Button type="submit" loading={publish.isPending} disabled={!isConfirmed}>
          {t("publish.do", { number: String(number) })}
        </Button>
      </div>
    </form>
  );
}

/** What is confirmed: of which revision, from when, and who hears of it. */
function confirmation(revision: number, on: string | null, count: number): string {
  const number = String(revision);
  if (on === null) return t("publish.confirm.now", { number, count });
  return t("publish.confirm.day", { number, count, day: on === "" ? "…" : day(on) });
}

/** Publishes. Whatever was known may be old then, also where only the answer was lost. */
function usePublish() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: PublishRevisionInput) => ask(PublishRevisionDocument, { input }),
    onSettled: (data, _error, { number }) => {
      const asked = client.invalidateQueries();
      if (!data || refusalOf(data)) return;
      announce(t("publish.announced", { number: String(number) }));
      return asked;
    },
  });
}

type Refusal = Exclude<PublishRevisionMutation["publishRevision"], { __typename: "PublishRevisionSuccess" }>;

function refusalOf(answer: PublishRevisionMutation | undefined): Refusal | null {
  const payload = answer?.publishRevision;
  return payload === undefined || payload.__typename === "PublishRevisionSuccess" ? null : payload;
}

const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
