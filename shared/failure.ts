/**
 * What a failure means for the message at hand (design section 5). The class decides, never the type of a
 * library's exception:
 * - `later`: Ocrolus is not ready, maybe for hours; the poller comes back.
 * - `retry`: a passing fault; SQS delivers the message again.
 * - `refused`: permanent; written down in the ledger.
 * - `broken`: a bug of ours or an unreadable message; dead-letter queue.
 */
export type FailureClass = 'later' | 'retry' | 'refused' | 'broken';

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly class: FailureClass;
  /** Short and of few values, e.g. `1404`, `http-503`, `network`: it ends in metrics and in the ledger. */
  readonly code: string;
  /** Do not come back sooner. */
  readonly retryAfterSeconds: number | undefined;
  /** Asynchronous jobs under way, by result kind, to be asked for next time. */
  readonly jobs: Readonly<Record<string, string>> | undefined;

  constructor(
    failureClass: FailureClass,
    code: string,
    more: {
      readonly retryAfterSeconds?: number | undefined;
      readonly jobs?: Readonly<Record<string, string>> | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${failureClass}: ${code}`, { cause: more.cause });
    this.class = failureClass;
    this.code = code;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.jobs = more.jobs;
  }
}

/** Anything thrown, as a Failure. What nobody classified is `retry` (design section 5). */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('retry', error instanceof Error ? error.name : typeof error, { cause: error });
}
