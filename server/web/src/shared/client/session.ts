import { useQuery } from "@tanstack/react-query";
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
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
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
