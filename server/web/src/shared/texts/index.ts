import { mapTexts } from "./map.ts";
import { mapFieldTexts } from "./mapFields.ts";
import { mapViewTexts } from "./mapViews.ts";
import { meTexts } from "./me.ts";
import { once, type Values, writer } from "./message.ts";
import { sharedTexts } from "./shared.ts";

/** The language of the catalogue: for another one, give these files another set of texts with the same keys. */
export const LANGUAGE = "en-GB";

export const catalogue = { ...sharedTexts, ...mapTexts, ...mapFieldTexts, ...mapViewTexts, ...meTexts };

export type TextKey = keyof typeof catalogue;

/** The keys of texts that name nothing. */
export type PlainKey = {
  [Key in TextKey]: Values<(typeof catalogue)[Key]> extends [] ? Key : never;
}[TextKey];

const write = writer(LANGUAGE);

/** The text with a key. What it names in braces must be given: `t("people", { count: 3 })`. */
export function t<Key extends TextKey>(key: Key, ...values: Values<(typeof catalogue)[Key]>): string {
  return write(catalogue[key], values[0]);
}

/** The text with a key that is made of what the service says; undefined where the catalogue has none. */
export const findText = (key: string): string | undefined =>
  Object.hasOwn(catalogue, key) ? write(catalogue[key as TextKey]) : undefined;

const days = once(() => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long", timeZone: "UTC" }));
const shortDays = once(() => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" }));
const ownDays = once(() => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long" }));
const moments = once(() => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }));
const numbers = once(() => new Intl.NumberFormat(LANGUAGE));

/** The day, in UTC as policies mean it: `12 November 2018`. */
export const day = (time: string): string => days().format(new Date(time));

/** As `day`, where there is little room: `12 Nov 2018`. */
export const shortDay = (time: string): string => shortDays().format(new Date(time));

/** The day where the reader is, of what happened to them: `12 November 2018`. */
export const ownDay = (time: string): string => ownDays().format(new Date(time));

/** Day and time where the reader is. */
export const moment = (time: string): string => moments().format(new Date(time));

export const count = (number: number): string => numbers().format(number);
