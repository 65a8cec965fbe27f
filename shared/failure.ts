/**
 * Meaning of an unexpected failure for the message that is being processed (docs/design.md#failures). The class
 * decides, never the type of a library's exception:
 * - `retry`: a passing fault; SQS delivers the message again.
 * - `refused`: Ocrolus refuses a call of the registration; consumers get refusals as answers, not as exceptions.
 * - `broken`: a bug in this code or an unreadable message; dead-letter queue.
 */
export type FailureClass = 'retry' | 'refused' | 'broken';

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly class: FailureClass;
  /** Short and with few values, e.g. `1404`, `http-503`, `network`: used in metrics and the ledger. */
  readonly code: string;
  /** The earliest time for the next attempt. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    failureClass: FailureClass,
    code: string,
    more: { readonly retryAfterSeconds?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(`${failureClass}: ${code}`, { cause: more.cause });
    this.class = failureClass;
    this.code = code;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** Converts anything thrown to a Failure. Unclassified errors are `retry` (docs/design.md#failures). */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('retry', error instanceof Error ? error.name : typeof error, { cause: error });
}
