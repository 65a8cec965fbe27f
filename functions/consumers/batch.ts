/** A book whose events come one by one, or two at a time, is not the one that fills the queue. */
const CROWD = 3;

/**
 * What the records of one batch share: whatever is asked or written under the same key is done once, so that
 * ten events about one book cost one Book status call (design section 5). A batch has been received as a whole
 * before anything is asked, so what is shared is never older than the news of a record.
 */
export class Batch {
  readonly #done = new Map<string, Promise<unknown>>();
  readonly #records = new Map<string, number>();

  /** @param groups of each record what SQS serves fairly: its book, mostly. */
  constructor(groups: readonly string[] = []) {
    for (const group of groups) this.#records.set(group, 1 + (this.#records.get(group) ?? 0));
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
