import type { Change } from '../../kernel/table/memory-table-core.ts';

/** By how much later than a change something must have been written, so that the write must have seen the change. */
const SURELY_AFTER_MS = 90_000;

/** When the product last wrote down that a book or document has changed: then it must ask for its results again. */
export class Renewals {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns whether a book or document is stored with another generation or status. */
  change({ key: { bookId, item }, before, after }: Change): boolean {
    const isBook = item === 'BOOK';
    if (after === undefined || (!isBook && !item.startsWith('DOC#'))) return false;
    const attribute = isBook ? 'generation' : 'status';
    if (before?.[attribute] === after[attribute]) return false;
    this.#at.set(isBook ? bookId : item.slice('DOC#'.length), this.#now());
    return true;
  }

  /** @returns Unix milliseconds: what has changed until then was surely seen. */
  of(uuid: string): number {
    return (this.#at.get(uuid) ?? 0) - SURELY_AFTER_MS;
  }
}
