import { type QueryClient, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { belongTo, read, request } from "./ask";
import { Failure, failureOfStatus } from "./failure";

export interface Viewer {
  /** Opaque. */
  id: string;
  kind: "STAFF" | "SUBJECT";
  expiresAt: string;
}

export interface Session {
  viewer: Viewer | null;
  mode: "development" | "production";
}

export async function loadSession(signal?: AbortSignal): Promise<Session> {
  const response = await request("/session", { signal: signal ?? null });
  if (!response.ok) throw failureOfStatus(response);
  const session = await read<Session>(response, signal);
  if (session.viewer) belongTo(session.viewer.id);
  return session;
}

const KEY = ["session"];

/** Whether something failed because of who is signed in now. */
export const isOfSession = (failure: unknown): boolean =>
  failure instanceof Failure && (failure.kind === "signed-out" || failure.kind === "another");

/** Asks anew who is signed in. */
export const askSession = (client: QueryClient): void => void client.invalidateQueries({ queryKey: KEY });

/** Who is signed in. Asked again when the page is looked at again: another tab may have signed out. */
export function useSession() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => loadSession(signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}

/** Whether somebody else signed in, in another tab. Whatever the page holds is of the one before. */
export function useSuccessor(viewer: Viewer | null): boolean {
  const [first, setFirst] = useState(viewer);
  if (!first && viewer) setFirst(viewer);
  return first !== null && viewer !== null && (first.id !== viewer.id || first.kind !== viewer.kind);
}

/** Where to sign in and come back to this very view. */
export const signInAddress = (): string => {
  const { pathname, search } = window.location;
  return `/sign-in?to=${encodeURIComponent(pathname + search)}`;
};

/** Throws Failure where the session may still be there. */
export async function signOut(): Promise<void> {
  const response = await request("/sign-out", { method: "POST" });
  if (!response.ok) throw failureOfStatus(response);
  window.location.assign("/");
}
