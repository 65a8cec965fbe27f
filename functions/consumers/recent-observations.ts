import type { BookObservation } from '../../shared/events/envelope.ts';

/** An observation is used again for so long. A batch may take as long, and uses one observation all the while. */
const USED_AGAIN_MS = 30_000;

/** By how much the clock of the Lambda that received an event and ours may differ. */
const CLOCKS_APART_MS = 5000;

/** One of 2,000 documents has about a megabyte. */
const MOST_KEPT = 8;

/**
 * What this Lambda saw a moment ago. The events of a large book come in many batches: whichever was received before
 * Ocrolus was last asked about the book was received before everything that it said then.
 */
export class RecentObservations {
  readonly #now: () => Date;
  readonly #kept = new Map<string, BookObservation>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * @param key of the book.
   * @param newsAt when the news came that the observation must be later than, ISO 8601; `undefined`: asks in any case.
   * @param ask makes a new observation. What it throws is not kept.
   */
  async get(
    key: string,
    newsAt: string | undefined,
    ask: () => Promise<BookObservation>,
  ): Promise<BookObservation> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && newsAt !== undefined && this.#isGoodFor(kept, newsAt)) return kept;
    this.#kept.delete(key);
    const observation = await ask();
    this.#kept.set(key, observation);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return observation;
  }

  #isGoodFor({ observedAt }: BookObservation, newsAt: string): boolean {
    const at = Date.parse(observedAt);
    return at > Date.parse(newsAt) + CLOCKS_APART_MS && this.#now().getTime() - at < USED_AGAIN_MS;
  }
}
