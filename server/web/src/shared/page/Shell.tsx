import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { NavLink, useLocation, useNavigationType } from "react-router";
import type { Session } from "../client/session";
import { type PlainKey, t } from "../texts";
import { Account } from "./Account";
import { ANNOUNCEMENTS } from "./announce";
import { Mark } from "./Mark";
import { SchemeMenu } from "./SchemeMenu";
import classes from "./Shell.module.css";
import type { View } from "./view";

interface ShellProps {
  at: string;
  title: PlainKey;
  views: readonly View[];
  /** Who is signed in; undefined where that is not to be shown. */
  session: Session | undefined;
  /** Whether the page goes on once they have signed in again. */
  isOver: boolean;
  tools: ReactNode;
  children: ReactNode;
}

/** What stands around every view: a header with the page's name, its views, and who is signed in. */
export function Shell({ at, title, views, session, isOver, tools, children }: ShellProps) {
  const header = useRef<HTMLElement>(null);
  useHeaderHeight(header);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t("page.skip")}
      </a>
      <header ref={header} className={classes.header}>
        <a className={classes.brand} href="/" aria-label={t("page.home")}>
          <Mark />
          <span aria-hidden>Vitrine</span>
        </a>
        <a className={classes.page} href={at}>
          {t(title)}
        </a>
        {views.length > 1 && <Navigation views={views} />}
        <div className={classes.tools}>{tools}</div>
        <div className={classes.own}>
          <SchemeMenu />
          {session && <Account session={session} isOver={isOver} />}
        </div>
      </header>
      <Content>{children}</Content>
      <div className="seen-by-readers-only" {...ANNOUNCEMENTS} />
    </div>
  );
}

/** How high the header is, for stylesheets: on a phone it has several lines. */
function useHeaderHeight(place: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const header = place.current;
    if (!header) return;
    const measure = () => document.documentElement.style.setProperty("--header-height", `${header.offsetHeight}px`);
    const observer = new ResizeObserver(measure);
    observer.observe(header);
    return () => observer.disconnect();
  }, [place]);
}

function Navigation({ views }: { views: readonly View[] }) {
  const { pathname, search } = useLocation();
  const place = useRef<HTMLElement>(null);
  // On a phone there is no room for all of them at once.
  useEffect(() => {
    if (pathname)
      place.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={place} className={classes.views} aria-label={t("page.views")}>
      {views.map(({ path, title, icon: Icon, count: Count }) => (
        <NavLink
          key={path}
          // Which revision is looked at stays, whatever else an address holds is the view's own.
          to={{ pathname: `/${path.replace(/\/?:.*/, "")}`, search: ofRevision(search) }}
          end={path === ""}
          className={({ isActive }) => `${classes.view} ${isActive ? classes.here : ""}`}
        >
          <Icon aria-hidden size={16} strokeWidth={1.75} />
          {t(title)}
          {Count && <Count />}
        </NavLink>
      ))}
    </nav>
  );
}

/** What of an address says which revision is looked at. */
export function ofRevision(search: string): string {
  const given = new URLSearchParams(search);
  const kept = [...given].filter(([name]) => name === "revision" || name === "on");
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

/** How far each entry of the history was scrolled. */
const tops = new Map<string, number>();

/** Where a view is looked at first: at its beginning, or where somebody was who goes back to it. */
const topOf = (type: "POP" | "PUSH" | "REPLACE", key: string): number => (type === "POP" ? (tops.get(key) ?? 0) : 0);

/** Takes the focus when another view is opened, as a page of its own would; before the part of it does that the address
 * leads to. */
function Content({ children }: { children: ReactNode }) {
  const { pathname, key } = useLocation();
  const type = useNavigationType();
  const place = useRef<HTMLElement>(null);
  const before = useRef(pathname);
  const at = useRef(key);
  useEffect(() => {
    const keep = () => tops.set(at.current, window.scrollY);
    window.addEventListener("scroll", keep, { passive: true });
    return () => window.removeEventListener("scroll", keep);
  }, []);
  useLayoutEffect(() => {
    at.current = key;
    if (before.current === pathname) return;
    before.current = pathname;
    place.current?.focus({ preventScroll: true });
    window.scrollTo({ top: topOf(type, key) });
  }, [pathname, key, type]);
  return (
    <main ref={place} id="content" className={classes.content} tabIndex={-1}>
      {children}
    </main>
  );
}
