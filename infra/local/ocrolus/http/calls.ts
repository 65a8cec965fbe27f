import type { ApiFault } from './faults.ts';

/** One request that the simulator received. */
export interface CallRecord {
  /** ISO 8601 UTC with milliseconds: when the request arrived. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Of the request's body, without parameters; empty when it has none. */
  readonly contentType: string;
  /** The vendor's name of the call; `undefined` for a path that Ocrolus does not have. */
  readonly operation: string | undefined;
  /** HTTP status of the answer; 0 when none was given. */
  readonly status: number;
  /** What was made to go wrong with it. */
  readonly fault?: ApiFault;
  /** What the answer's `Retry-After` said. */
  readonly retryAfterSeconds?: number;
}
