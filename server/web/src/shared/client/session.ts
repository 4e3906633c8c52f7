import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { read, request } from "./ask";
import { failureOfStatus } from "./failure";

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

async function loadSession(signal: AbortSignal): Promise<Session> {
  const response = await request("/session", { signal });
  if (!response.ok) throw failureOfStatus(response);
  return read<Session>(response);
}

/** Who is signed in. Asked again when the page is looked at again: another tab may have signed out. */
export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => loadSession(signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}

/** Whether somebody else signed in, in another tab. Whatever the page holds is of the one before: it begins anew. */
export function useSuccessor(viewer: Viewer | null): boolean {
  const [first, setFirst] = useState(viewer);
  if (!first && viewer) setFirst(viewer);
  const isAnother = first !== null && viewer !== null && (first.id !== viewer.id || first.kind !== viewer.kind);
  useEffect(() => {
    if (isAnother) window.location.reload();
  }, [isAnother]);
  return isAnother;
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
