import { Button, Loader } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { signInAddress } from "../client/session";
import { t } from "../texts";
import classes from "./State.module.css";

interface StateProps {
  icon?: LucideIcon;
  title: string;
  hint?: ReactNode;
  /** Below, and not read out: what changes by the second. */
  note?: string | undefined;
  action?: ReactNode;
  /** Takes as little place as it can, inside of something. */
  small?: boolean;
  /** Whether readers of screens are interrupted. */
  urgent?: boolean;
  /** Whether it stands for a whole view, and its title for the heading of that. */
  isView?: boolean;
}

/** What stands where content would be: an icon, what is so, and what to do about it. */
export function State({
  icon: Icon,
  title,
  hint,
  note,
  action,
  small = false,
  urgent = false,
  isView = false,
}: StateProps) {
  const Title = isView ? "h1" : "p";
  return (
    <div className={small ? classes.small : classes.state}>
      {Icon && <Icon aria-hidden className={classes.icon} size={small ? 20 : 32} strokeWidth={1.5} />}
      <div>
        <div role={urgent ? "alert" : "status"}>
          <Title className={classes.title}>{title}</Title>
          {hint && <p className={classes.hint}>{hint}</p>}
        </div>
        {note && <p className={classes.hint}>{note}</p>}
        {action && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  );
}

/** Seen after a moment only: most answers come before. */
export function Loading({ what, small = false }: { what?: string; small?: boolean }) {
  return (
    <div className={`${small ? classes.small : classes.state} ${classes.late}`} role="status">
      <Loader size={small ? "xs" : "sm"} aria-hidden />
      <p className={classes.hint}>{what ?? t("state.loading")}</p>
    </div>
  );
}

/** The way to sign in again, in another tab: what somebody began to write in this one would be lost. */
export function SignInButton() {
  return (
    <Button component="a" href={signInAddress()} target="_blank" size="xs">
      {t("account.signInBeside")}
    </Button>
  );
}

/** Loads the page anew, for whoever is signed in now. */
export function BeginAnew() {
  return (
    <Button size="xs" onClick={() => window.location.reload()}>
      {t("state.another.go")}
    </Button>
  );
}

interface RetryButtonProps {
  onClick: () => void;
  busy?: boolean;
  label?: string;
}

export function RetryButton({ onClick, busy = false, label = t("state.retry") }: RetryButtonProps) {
  return (
    <Button variant="default" size="xs" loading={busy} onClick={onClick}>
      {label}
    </Button>
  );
}
