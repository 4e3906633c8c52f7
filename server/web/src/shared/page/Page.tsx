import { Button } from "@mantine/core";
import { LockKeyhole, SearchX, UserRoundX } from "lucide-react";
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useMemo } from "react";
import { Route, Routes, useLocation } from "react-router";
import { signInAddress, useOwner, useSession, type Viewer } from "../client/session";
import { Answered, BeginAnew, Loading, SignInButton, State } from "../states";
import { type PlainKey, t } from "../texts";
import { Fault } from "./Fault";
import { loadView } from "./load";
import { Shell } from "./Shell";
import classes from "./Shell.module.css";
import type { View } from "./view";

export interface PageProps {
  /** Its address, such as `/map`. */
  at: string;
  title: PlainKey;
  /** Whom it is for. */
  for: Viewer["kind"];
  /** In the order of the navigation; the first is the page's own. */
  views: readonly View[];
  /** Stands at the end of the header, on every view. */
  tools?: ComponentType;
}

export function Page({ at, title, for: kind, views, tools: Tools }: PageProps) {
  const session = useSession();
  const [owner, standing] = useOwner(session);
  const admitted = owner?.kind === kind && (standing === "here" || standing === "over");
  return (
    <Shell
      at={at}
      title={title}
      views={admitted ? views : []}
      session={standing === "another" ? undefined : session.data}
      isOver={standing === "over"}
      tools={admitted && Tools ? <Tools /> : null}
    >
      <Answered answer={session}>
        {() =>
          standing === "nobody" ? (
            <SignIn />
          ) : standing === "another" ? (
            <SomebodyElse />
          ) : admitted ? (
            <>
              {standing === "over" && <SessionOver />}
              <Views views={views} page={t(title)} />
            </>
          ) : (
            <NotForYou for={kind} />
          )
        }
      </Answered>
    </Shell>
  );
}

function Views({ views, page }: { views: readonly View[]; page: string }) {
  const { pathname } = useLocation();
  const drawn = useMemo(() => views.map((view) => ({ ...view, Drawn: lazy(() => loadView(view.load)) })), [views]);
  return (
    <Fault of={pathname}>
      <Suspense fallback={<Loading />}>
        <Routes>
          {drawn.map(({ path, title, Drawn }) => (
            <Route
              key={path}
              path={path}
              element={
                <Titled view={t(title)} page={page}>
                  <Drawn />
                </Titled>
              }
            />
          ))}
          <Route
            path="*"
            element={
              <Titled view={t("state.noSuchView.title")} page={page}>
                <NoSuchView />
              </Titled>
            }
          />
        </Routes>
      </Suspense>
    </Fault>
  );
}

/** The name of a view as the window's, which browsers keep in the history, and readers of screens say first. */
function Titled({ view, page, children }: { view: string; page: string; children: ReactNode }) {
  useEffect(() => {
    document.title = t("page.title", { view, page });
  }, [view, page]);
  return children;
}

function NoSuchView() {
  return <State isView icon={SearchX} title={t("state.noSuchView.title")} hint={t("state.noSuchView.hint")} />;
}

function SignIn() {
  useEffect(() => window.location.replace(signInAddress()), []);
  return <Loading />;
}

/** Above the view, which keeps what somebody began to write in it. */
function SessionOver() {
  return (
    <div className={classes.over}>
      <State
        urgent
        small
        icon={LockKeyhole}
        title={t("state.signedOut.title")}
        hint={t("state.over.hint")}
        action={<SignInButton />}
      />
    </div>
  );
}

function SomebodyElse() {
  return (
    <State
      urgent
      isView
      icon={UserRoundX}
      title={t("state.another.title")}
      hint={t("state.another.hint")}
      action={<BeginAnew />}
    />
  );
}

function NotForYou({ for: kind }: { for: Viewer["kind"] }) {
  return (
    <State
      isView
      icon={LockKeyhole}
      title={t("state.forbidden.title")}
      hint={t(kind === "STAFF" ? "state.forStaff" : "state.forPeople")}
      action={
        <Button component="a" href={signInAddress()} size="xs">
          {t("state.signInAsAnother")}
        </Button>
      }
    />
  );
}
