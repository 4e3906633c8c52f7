import { Button } from "@mantine/core";
import { RefreshCw, Unplug } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Failure } from "../client/failure";
import { Failed, State } from "../states";
import { t } from "../texts";
import { asksIfOutdated, Unloaded } from "./load";

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

  /** Loads the page anew, but not while nothing would come of it: browsers keep that a script or a stylesheet could not be
   * had for as long as the page is there. */
  #reload = () => {
    asksIfOutdated().then(
      () => window.location.reload(),
      (error: unknown) => this.setState({ error: error as Error }),
    );
  };

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (error instanceof Failure) return <Failed error={error} retry={this.#reload} />;
    const isOld = error instanceof Unloaded && error.isOutdated;
    const title = isOld ? "state.updated" : error instanceof Unloaded ? "state.unloaded" : "state.broken.title";
    return (
      <State
        urgent
        isView
        icon={isOld ? RefreshCw : Unplug}
        title={t(title)}
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
