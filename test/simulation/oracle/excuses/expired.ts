import type { Change } from '../../kernel/table/memory-table-core.ts';

/** When items have expired, and were not written again since. */
export class Expired {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, after, isExpiry }: Change): void {
    const name = `${bookId} ${item}`;
    if (isExpiry === true) this.#at.set(name, this.#now());
    else if (after !== undefined && this.#at.size > 0) this.#at.delete(name);
  }

  /** @returns Unix milliseconds; `undefined`: it has not expired, or was written again. */
  at(bookId: string, item: string): number | undefined {
    return this.#at.get(`${bookId} ${item}`);
  }
}
