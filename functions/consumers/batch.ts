/** A book whose events come one by one, or two at a time, is not the one that fills the queue. */
const CROWD = 3;

/** A record, as far as it matters to the others. */
export interface News {
  /** What SQS serves fairly: its book, mostly. */
  readonly group: string;
  readonly receivedAt: string;
  /** How often it has been received, from 1. */
  readonly attempts: number;
}

/**
 * What the records of one batch share: whatever is asked or written under the same key is done once, so that
 * ten events about one book cost one Book status call (design section 5). A batch has been received as a whole
 * before anything is asked, so what is shared is never older than the news of a record.
 */
export class Batch {
  /** When the latest news came; `undefined` when some of them have been looked at before, in vain. */
  readonly newsAt: string | undefined;
  readonly #done = new Map<string, Promise<unknown>>();
  readonly #records = new Map<string, number>();

  constructor(all: readonly News[]) {
    for (const { group } of all) this.#records.set(group, 1 + (this.#records.get(group) ?? 0));
    const latest = all.map(({ receivedAt }) => receivedAt).reduce((a, b) => (a > b ? a : b), '');
    this.newsAt = all.every(({ attempts }) => attempts === 1) ? latest : undefined;
  }

  /** Whether many records are of one group, which is no hardship for it when others are served first. */
  isCrowd(group: string): boolean {
    return (this.#records.get(group) ?? 0) >= CROWD;
  }

  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#done.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const started = work();
    this.#done.set(key, started);
    return started;
  }
}
