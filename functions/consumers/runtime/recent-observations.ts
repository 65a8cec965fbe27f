import type { BookObservation } from '../../../shared/events/envelope.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';

/** For how long an observation is used again. */
const REUSE_MS = 30_000;

/** By how much the clock of the Lambda that received an event and ours may differ. */
const CLOCK_SKEW_MS = 5000;

/** One of 2,000 documents has about a megabyte. */
const MOST_KEPT = 8;

/** What Book status said, or why it said nothing. */
export type Observed =
  | { readonly kind: 'observed'; readonly observation: BookObservation }
  | Exclude<Reply, { kind: 'ok' }>;

/**
 * The observations that this Lambda made lately. The events of a large book come in many batches: whatever was received
 * before Ocrolus was last asked about the book was received before everything that it said then.
 */
export class RecentObservations {
  readonly #now: () => number;
  readonly #kept = new Map<string, BookObservation>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param key of the book.
   * @param after what the observation must be later than, ISO 8601; `undefined`: it is asked for in any case.
   * @param ask makes a new observation. Only one that succeeds is kept.
   */
  async get(key: string, after: string | undefined, ask: () => Promise<Observed>): Promise<Observed> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && after !== undefined && this.#isLater(kept, after)) {
      return { kind: 'observed', observation: kept };
    }
    this.#kept.delete(key);
    const observed = await ask();
    if (observed.kind !== 'observed') return observed;
    this.#kept.set(key, observed.observation);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return observed;
  }

  #isLater({ observedAt }: BookObservation, after: string): boolean {
    const at = Date.parse(observedAt);
    return at > Date.parse(after) + CLOCK_SKEW_MS && this.#now() - at < REUSE_MS;
  }
}
