import { CLOCK_SKEW_MS } from '../../../shared/checklist/opening.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';

/** For how long an observation is used again. */
const REUSE_MS = 30_000;

/** An observation of 2,000 documents has about a megabyte. */
const MAX_KEPT = 8;

/** What Book status said, or why it was refused. */
export type ObservationReply =
  | { readonly kind: 'observed'; readonly observation: BookObservation }
  | Exclude<Reply, { kind: 'ok' }>;

/**
 * The recent observations of this Lambda. The events of a large book arrive in many batches: an event that was received
 * before the last observation of the book is covered by that observation.
 */
export class RecentObservations {
  readonly #now: () => number;
  readonly #kept = new Map<string, BookObservation>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param key of the book.
   * @param after the observation must be later than this, ISO 8601; `undefined`: Ocrolus is asked in any case.
   * @param ask makes a new observation. Only one that succeeds is kept.
   */
  async get(
    key: string,
    after: string | undefined,
    ask: () => Promise<ObservationReply>,
  ): Promise<ObservationReply> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && after !== undefined && this.#isLater(kept, after)) {
      return { kind: 'observed', observation: kept };
    }
    this.#kept.delete(key);
    const observed = await ask();
    if (observed.kind !== 'observed') return observed;
    this.#kept.set(key, observed.observation);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return observed;
  }

  #isLater({ observedAt }: BookObservation, after: string): boolean {
    const at = Date.parse(observedAt);
    return at > Date.parse(after) + CLOCK_SKEW_MS && this.#now() - at < REUSE_MS;
  }
}
