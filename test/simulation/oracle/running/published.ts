import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes, Value } from '../../kernel/table/values.ts';
import type { Published } from '../../system/publisher.ts';
import type { Watch } from '../watch.ts';

/** A book as it was when it was last published as complete. */
interface Contents {
  readonly status: Value | undefined;
  readonly generation: Value | undefined;
  /** Hash of each result, by sort key. */
  readonly results: ReadonlyMap<string, string>;
  /** The hash that the book itself has of its contents. */
  readonly said: string;
}

/** Readers learn of every status, body and completion that is stored in the end, and of none twice in a row. */
export class PublishedCheck {
  readonly #watch: Watch;
  readonly #statuses = new Map<string, Value | undefined>();
  readonly #results = new Map<string, string>();
  readonly #complete = new Map<string, Contents>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  change({ key: { bookId, item }, after }: Change): void {
    if (after === undefined) this.#results.delete(`${bookId} ${item}`);
  }

  publish({ key: { bookId, item }, type, after }: Published): void {
    const twice = (what: string) => this.#watch.violations.add('published-twice', bookId, what);
    switch (type) {
      case 'book.status_changed':
        if (this.#statuses.get(bookId) === after.status) twice(`status ${after.status}`);
        this.#statuses.set(bookId, after.status);
        break;
      case 'result.stored': {
        const name = `${bookId} ${item}`;
        if (this.#results.get(name) === hashOf(after)) twice(item);
        this.#results.set(name, hashOf(after));
        break;
      }
      default: {
        const now = this.#contentsOf(bookId, after);
        const last = this.#complete.get(bookId);
        // A body that was stored since the book was compared is announced once more, by the function that stored it.
        if (last !== undefined && last.said === now.said && isSame(last, now)) twice('complete');
        this.#complete.set(bookId, now);
      }
    }
  }

  /** Compares what readers know of a book with what is stored, when a run ends. */
  check(bookId: string, book: Attributes): void {
    const missed = (what: string) => this.#watch.violations.add('not-published', bookId, what);
    if (book.status !== undefined && this.#statuses.get(bookId) !== book.status)
      missed(`status ${book.status}, and not ${this.#statuses.get(bookId)}`);
    for (const [item, hash] of this.#contentsOf(bookId, book).results)
      if (this.#results.get(`${bookId} ${item}`) !== hash) missed(item);
    if (book.complete !== true) return;
    const known = this.#complete.get(bookId);
    if (known === undefined || !isSame(this.#contentsOf(bookId, book), known)) missed('complete');
  }

  #contentsOf(bookId: string, { status, generation, lastComplete }: Attributes): Contents {
    const results = [...this.#watch.core.table.peekPartition(bookId, 'RESULT#')]
      .filter((item) => partOf(item, 'offset') === undefined)
      .map((item) => [String(item.item), hashOf(item)] as const);
    return {
      status,
      generation,
      results: new Map(results),
      said: String((lastComplete as Attributes | undefined)?.digest),
    };
  }
}

/** True if what is there now was there then. Results that have expired since do not count. */
function isSame(now: Contents, known: Contents): boolean {
  if (now.status !== known.status || now.generation !== known.generation) return false;
  return [...now.results].every(([item, hash]) => known.results.get(item) === hash);
}

/** Of a result in several pages, the first page has the hash of the others. */
function hashOf(result: Attributes): string {
  return `${result.sha256} ${partOf(result, 'others')}`;
}

function partOf({ set }: Attributes, name: string): Value | undefined {
  return (set as Attributes | undefined)?.[name];
}
