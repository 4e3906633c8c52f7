import { Button } from "@mantine/core";
import { RefreshCw, Unplug } from "lucide-react";
import { Component, type ReactNode } from "react";
import { State } from "../states";
import { t } from "../texts";

interface FaultProps {
  children: ReactNode;
  /** Another one begins anew: the address, say. */
  of?: string;
}

/** Catches what fails while it is drawn, so that nobody sees an empty page. */
export class Fault extends Component<FaultProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: FaultProps) {
    if (before.of !== this.props.of && this.state.error) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    // Of a view whose file is gone since a newer version was installed.
    const isOld = /import|preload|module script/i.test(error.message);
    return (
      <State
        urgent
        isView
        icon={isOld ? RefreshCw : Unplug}
        title={t(isOld ? "state.updated" : "state.broken.title")}
        hint={t(isOld ? "state.updated.hint" : "state.broken.page")}
        action={
          <Button size="xs" onClick={() => window.location.reload()}>
            {t("state.reload")}
          </Button>
        }
      />
    );
  }
}
