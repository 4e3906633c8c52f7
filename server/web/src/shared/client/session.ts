import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
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

/** What became of whom a page was opened for. */
export type Standing =
  | "nobody" // or signed out, in another tab
  | "here"
  | "another" // somebody else has signed in: whatever the page holds is not theirs
  | "over"; // the session ended by itself: they may go on once they have signed in again

/** By how much the browser's clock may be behind. */
const CLOCK_SECONDS = 300;

/** `owner`: for whom the page was opened, as last heard of. `viewer`: who is signed in now. `at`: when that was said, in
 * milliseconds. */
export function standingOf(owner: Viewer | null, viewer: Viewer | null, at: number): Standing {
  if (owner && viewer) return owner.id === viewer.id && owner.kind === viewer.kind ? "here" : "another";
  if (viewer) return "here";
  return owner && at + CLOCK_SECONDS * 1000 >= Date.parse(owner.expiresAt) ? "over" : "nobody";
}

/** For whom a page is, and what became of them. */
export function useOwner({ data, dataUpdatedAt }: ReturnType<typeof useSession>): [Viewer | null, Standing] {
  const client = useQueryClient();
  const viewer = data?.viewer ?? null;
  const [owner, setOwner] = useState(viewer);
  const standing = standingOf(owner, viewer, dataUpdatedAt);
  if (standing === "here" && owner?.expiresAt !== viewer?.expiresAt) setOwner(viewer);
  // What failed meanwhile.
  const isHere = standing === "here";
  useEffect(() => {
    if (isHere) void client.invalidateQueries({ predicate: ({ state }) => isOfSession(state.error) });
  }, [isHere, client]);
  return [owner, standing];
}

/** Where to sign in and come back to this very view. */
export const signInAddress = ({ pathname, search, hash }: Location = window.location): string =>
  `/sign-in?to=${encodeURIComponent(pathname + search + hash)}`;

/** Throws Failure where the session may still be there. */
export async function signOut(): Promise<void> {
  const response = await request("/sign-out", { method: "POST" });
  if (!response.ok) throw failureOfStatus(response);
  window.location.assign("/");
}
