import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, LogIn, LogOut } from "lucide-react";
import { useState } from "react";
import { askSession, isOfSession, type Session, signInAddress, signOut } from "../client/session";
import { SignInButton } from "../states";
import { t } from "../texts";
import classes from "./Shell.module.css";
import { useOpen } from "./useOpen";

interface AccountProps {
  session: Session;
  /** Whether the page still holds what somebody began to write, who is to sign in beside it. */
  isOver: boolean;
}

/** Who is signed in, and the way out. */
export function Account({ session: { viewer, mode }, isOver }: AccountProps) {
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  const open = useOpen();
  if (isOver) return <SignInButton />;
  if (!viewer) {
    return (
      <Button component="a" href={signInAddress()} size="xs" variant="default" leftSection={<LogIn size={14} />}>
        {t("account.signIn")}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" closeOnItemClick={false} {...open}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.account ?? ""}
          rightSection={<ChevronDown size={14} />}
        >
          {t(viewer.kind === "STAFF" ? "account.staff" : "account.person")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {t("account.signedInAs")}
          <span className={classes.id}>{viewer.id}</span>
          {mode === "development" && t("account.development")}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item
          leftSection={<LogOut size={16} strokeWidth={1.75} />}
          onClick={() => {
            setFailed(false);
            signOut().catch((error: unknown) => (isOfSession(error) ? askSession(client) : setFailed(true)));
          }}
        >
          {t("account.signOut")}
        </Menu.Item>
        {failed && (
          <Menu.Label role="alert" className={classes.failed ?? ""}>
            {t("account.signOutFailed")}
          </Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
