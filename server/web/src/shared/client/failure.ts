import { t } from "../texts";

/** Why there is no answer, as far as a page acts on it. */
export type FailureKind =
  | "offline" // the service cannot be reached
  | "away" // it answers that it cannot answer now
  | "signed-out"
  | "another" // somebody else has signed in since the page was opened
  | "forbidden"
  | "missing" // what was asked for is not there
  | "nothing" // no revision is in force
  | "refused" // what was sent cannot be taken: the message says why
  | "broken"; // a fault of the service, or of this page

export interface FailureDetails {
  /** Stable, such as `REVISION_CONFLICT`. */
  code?: string | undefined;
  /** What the service's logs know the request by. */
  correlationId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  /** The field that failed, where others have an answer. */
  path?: readonly (string | number)[] | undefined;
}

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly details: FailureDetails;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message);
    this.name = "Failure";
    this.kind = kind;
    this.details = details;
  }
}

/** Whether it may go better by itself, a moment later. */
export const passes = (failure: unknown): failure is Failure =>
  failure instanceof Failure && (failure.kind === "offline" || failure.kind === "away");

/** Why the service turns something away before it begins it. */
const BEFORE_IT_RUNS: ReadonlySet<string | undefined> = new Set([
  "OVERLOADED",
  "RATE_LIMITED",
  "ISSUER_UNAVAILABLE",
] as const);

/** Whether what was to be done may be done all the same: nothing says that it was not. */
export const mayBeDone = (failure: unknown): boolean =>
  !(failure instanceof Failure) ||
  failure.kind === "broken" ||
  (passes(failure) && !BEFORE_IT_RUNS.has(failure.details.code));

const KINDS: Partial<Record<string, FailureKind>> = {
  UNAUTHENTICATED: "signed-out",
  OTHER_VIEWER: "another",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "missing",
  NO_REVISION_IN_FORCE: "nothing",
  GRAPH_UNAVAILABLE: "away",
  ISSUER_UNAVAILABLE: "away",
  OVERLOADED: "away",
  RATE_LIMITED: "away",
  TIMED_OUT: "away",
  TOO_MANY_STREAMS: "away",
  INTERNAL: "broken",
};

const STATUSES: Partial<Record<number, FailureKind>> = {
  401: "signed-out",
  403: "forbidden",
  404: "missing",
  409: "another",
  429: "away",
  502: "away",
  503: "away",
  504: "away",
};

/** An error as answers of the service carry them. */
export interface GivenError {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; correlationId?: string };
}

export function failureOf(error: GivenError, response?: Response): Failure {
  const { code, correlationId } = error.extensions ?? {};
  return new Failure(KINDS[code ?? ""] ?? "refused", error.message, {
    code,
    correlationId,
    path: error.path,
    retryAfterSeconds: response && retryAfter(response),
  });
}

/** For an answer without a word of the service: one of a proxy, say. */
export function failureOfStatus(response: Response): Failure {
  return new Failure(STATUSES[response.status] ?? "broken", t("state.status", { status: response.status }), {
    correlationId: response.headers.get("X-Request-Id") ?? undefined,
    retryAfterSeconds: retryAfter(response),
  });
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}
