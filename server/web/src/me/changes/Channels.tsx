import { Checkbox, NativeSelect } from "@mantine/core";
import {
  type Channel,
  ChannelsDocument,
  SetChannelsDocument,
  type SetChannelsMutation,
  SetLocaleDocument,
} from "../../gql/graphql";
import { useAnswer, useCommand } from "../../shared/client/answers";
import { Failure } from "../../shared/client/failure";
import { announce } from "../../shared/page/announce";
import { Answered, Failed, NotDone } from "../../shared/states";
import { LANGUAGE, t } from "../../shared/texts";
import { Section } from "../parts/Section";
import classes from "./Changes.module.css";
import { chosenWith, isLast, type Ways } from "./chosen";

// The languages of the European Union's law, and of those who live there most.
const LANGUAGES = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv ar ru tr uk zh".split(" ");

/** By which ways, and in which language, the person is told. */
export function Channels() {
  const answer = useAnswer(ChannelsDocument, {});
  return (
    <Section title={t("channels.title")} hint={t("channels.hint")}>
      <Answered answer={answer} small>
        {({ me }) => <Settings ways={me?.noticeChannels ?? []} locale={me?.locale ?? null} />}
      </Answered>
    </Section>
  );
}

function Settings({ ways, locale }: { ways: Ways; locale: string | null }) {
  const setChannels = useCommand(SetChannelsDocument, [ChannelsDocument as never]);
  const setLocale = useCommand(SetLocaleDocument, [ChannelsDocument as never]);
  const isBusy = setChannels.isPending || setLocale.isPending;
  const saved = ({ setNoticeChannels: { __typename } }: SetChannelsMutation) => {
    if (__typename === "SetNoticeChannelsSuccess") announce(t("channels.saved"));
  };
  // What is pressed keeps the focus while it is saved, so it is not disabled: it is only not heeded.
  const choose = (channel: Channel, on: boolean) => {
    if (isBusy) return;
    setLocale.reset();
    setChannels.mutate({ channels: chosenWith(ways, channel, on) }, { onSuccess: saved });
  };
  const speak = (tag: string) => {
    if (isBusy) return;
    setChannels.reset();
    setLocale.mutate({ locale: tag }, { onSuccess: saved });
  };
  const refusal = refusalOf(setChannels.data) ?? refusalOf(setLocale.data);
  return (
    <div className={classes.settings}>
      {ways.map(({ channel, isAvailable, isUsed }) => {
        const isOnly = isLast(ways, channel);
        return (
          <Checkbox
            key={channel}
            label={t(`channels.${channel}`)}
            description={isAvailable ? isOnly && t("channels.last") : t(`channels.${channel}.away`)}
            checked={isUsed}
            disabled={!isAvailable || isOnly}
            aria-disabled={!isAvailable || isOnly || isBusy}
            onChange={({ currentTarget: { checked } }) => choose(channel, checked)}
          />
        );
      })}
      <NativeSelect
        className={classes.language ?? ""}
        label={t("channels.language")}
        description={t("channels.language.hint")}
        inputWrapperOrder={["label", "input", "description"]}
        value={locale ?? ""}
        aria-disabled={isBusy}
        onChange={({ currentTarget: { value } }) => speak(value)}
        data={[...(locale === null ? [{ value: "", label: t("channels.language.none") }] : []), ...languages(locale)]}
      />
      {refusal && <Failed error={refusal} small isCommand />}
      <NotDone
        command={setChannels}
        again={() => setChannels.variables && setChannels.mutate(setChannels.variables, { onSuccess: saved })}
      />
      <NotDone
        command={setLocale}
        again={() => setLocale.variables && setLocale.mutate(setLocale.variables, { onSuccess: saved })}
      />
    </div>
  );
}

function refusalOf(data: { setNoticeChannels: { __typename: string; message?: string } } | undefined): Failure | null {
  const message = data?.setNoticeChannels.message;
  return message === undefined ? null : new Failure("refused", message);
}

/** Each language by its own name, in the order of these names. */
function languages(locale: string | null) {
  const tags = locale === null || LANGUAGES.includes(locale) ? LANGUAGES : [locale, ...LANGUAGES];
  return tags
    .map((value) => ({ value, label: new Intl.DisplayNames([value], { type: "language" }).of(value) ?? value }))
    .toSorted((one, other) => one.label.localeCompare(other.label, LANGUAGE));
}
