import type { TypedDocumentString } from "../../gql/graphql";
import { t } from "../texts";
import { Failure, failureOf, failureOfStatus, type GivenError } from "./failure";

let owner: string | undefined;

/** Says whose page this is, from now on with every request: the browser's session may become another's, and what is done
 * here is not to be done for them. The first who is named is it for good. */
export function belongTo(id: string): void {
  owner ??= id;
}

/** What tells the service that a page of its own asks, which no other site can send, and whose. */
export const pageHeaders = (): Record<string, string> => ({
  "X-Vitrine-Page": "1",
  ...(owner === undefined ? {} : { "X-Vitrine-Viewer": encodeURIComponent(owner) }),
});

/** The body of a request: of the operation its hash alone, as `persisted-documents.json` has it. */
export function bodyOf(document: { __meta__?: Record<string, unknown> | undefined }, variables: unknown) {
  return { variables, extensions: { persistedQuery: { version: 1, sha256Hash: document.__meta__?.hash } } };
}

/** The whole answer to an operation. Throws Failure, also where only a part of it failed. */
export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await request("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify(bodyOf(document, variables)),
    signal: signal ?? null,
  });
  const { data, errors } = await read<{ data?: Data | null; errors?: GivenError[] }>(response, signal);
  if (errors?.[0]) throw failureOf(errors[0], response);
  if (!data) throw failureOfStatus(response);
  return data;
}

type Options = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };

/** How long an answer may take, to its end. The service gives up before, unless it is set to take longer. */
export const ANSWER_SECONDS_AT_MOST = 65;

/** A request to this service. Throws Failure where it cannot be reached, or does not answer. */
export async function request(path: string, { signal, headers, ...options }: Options = {}): Promise<Response> {
  const late = AbortSignal.timeout(ANSWER_SECONDS_AT_MOST * 1000);
  const either = signal ? AbortSignal.any([signal, late]) : late;
  try {
    return await fetch(path, { ...options, headers: { ...pageHeaders(), ...headers }, signal: either });
  } catch (error) {
    throw brokenOff(error, signal);
  }
}

/** The JSON of a response. `signal`: that of its request. Throws Failure where it is none, or does not come whole. */
export async function read<Value>(response: Response, signal?: AbortSignal | null): Promise<Value> {
  try {
    return (await response.json()) as Value;
  } catch (error) {
    throw error instanceof SyntaxError ? failureOfStatus(response) : brokenOff(error, signal);
  }
}

/** What becomes of a request that ended before its answer did. */
function brokenOff(error: unknown, signal: AbortSignal | null | undefined): unknown {
  // Nobody wants it any more.
  if (signal?.aborted) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return name === "TimeoutError" || name === "AbortError"
    ? new Failure("away", t("state.away.title"))
    : new Failure("offline", t("state.offline.title"));
}
