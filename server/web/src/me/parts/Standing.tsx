import { Circle, CircleCheck, CircleDashed, CirclePause, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { PurposeStatus } from "../../gql/graphql";
import { t } from "../../shared/texts";
import type { Going } from "../answer/going";
import classes from "./Standing.module.css";

type Tone = "on" | "maybe" | "off" | "paused";

const ICONS: Record<Tone, LucideIcon> = { on: CircleCheck, maybe: CircleDashed, off: Circle, paused: CirclePause };

/** How something stands, by a sign, a colour and words. */
export function Standing({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <span className={`${classes.standing} ${classes[tone]}`}>
      <Icon aria-hidden size={15} strokeWidth={2} />
      <span>{children}</span>
    </span>
  );
}

const TONES: Record<Going, Tone> = { NOW: "on", MAYBE: "maybe", NOT: "off" };

export function GoingStanding({ going, children }: { going: Going; children?: ReactNode }) {
  return <Standing tone={TONES[going]}>{children ?? t(`goes.${going}`)}</Standing>;
}

/** Whether data is used for a purpose. */
export function UseStanding({ status }: { status: PurposeStatus }) {
  const tone = status === "ACTIVE" ? "on" : status === "RESTRICTED" ? "paused" : "off";
  return <Standing tone={tone}>{t(`use.${status}`)}</Standing>;
}
