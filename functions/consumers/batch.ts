/**
 * What the records of one batch share: whatever is asked or written under the same key is done once, so that
 * ten events about one book cost one Book status call (design section 5). A batch has been received as a whole
 * before anything is asked, so what is shared is never older than the news of a record.
 */
export class Batch {
  readonly #done = new Map<string, Promise<unknown>>();

  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#done.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const started = work();
    this.#done.set(key, started);
    return started;
  }
}
