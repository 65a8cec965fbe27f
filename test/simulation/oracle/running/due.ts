import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import type { Kind } from '../../ocrolus/profile.ts';
import { MINUTE } from '../../ocrolus/random.ts';
import { entriesOf, isReadable, suppressedSince } from '../entries.ts';
import { hasResults, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';

/** A message that has marked something looks after it for so long, even if it is received again after a death. */
const MESSAGE_MS = 30 * MINUTE;

const CLOSED = new Set(['DELETED', 'FORGOTTEN']);
const GONE = new Set(['DELETED', 'UNLISTED']);

/** A book with something open has a time at which it is looked at next, unless a message is at work (docs/decisions/0028). */
export class DueCheck {
  readonly #watch: Watch;
  readonly #checked = new Set<string>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  change({ key: { bookId, item }, after }: Change): void {
    if (after === undefined || (item !== 'BOOK' && !item.startsWith('DOC#'))) return;
    const { table } = this.#watch.core;
    const book = item === 'BOOK' ? after : table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || book.dueAt !== undefined || this.#checked.has(bookId)) return;
    if (this.#open(bookId).length === 0) return;
    this.#checked.add(bookId);
    this.#watch.deadlines.add(this.#watch.now() + MESSAGE_MS, () => this.#check(bookId));
  }

  #check(bookId: string): undefined {
    this.#checked.delete(bookId);
    const { core, violations, exemptions, now } = this.#watch;
    const book = core.table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || book.dueAt !== undefined || exemptions.of(bookId, now()) !== undefined)
      return undefined;
    const open = this.#open(bookId);
    if (open.length > 0)
      violations.add('open-without-due', bookId, `${open.join(', ')} open, and there is no dueAt`);
    return undefined;
  }

  /** What is open of a book and its documents. */
  #open(bookId: string): string[] {
    const { table } = this.#watch.core;
    const book = table.peek({ bookId, item: 'BOOK' });
    if (book === undefined || CLOSED.has(String(book.status))) return [];
    const items = [book, ...table.peekPartition(bookId, 'DOC#')];
    return items.flatMap((item) => this.#openOf(item, book));
  }

  #openOf(item: Attributes, { account, bookClass }: Attributes): string[] {
    // Nothing is asked about a document that is not part of its book.
    if (!isReadable(item) || GONE.has(String(item.status))) return [];
    const { core, deployments } = this.#watch;
    const isCaptured = item.item === 'BOOK' || (hasResults(item.status) && item.mixed !== true);
    return entriesOf(item)
      .filter(({ kind, state }) => {
        if (state !== 'open' || (!isCaptured && kind !== 'signals')) return false;
        const policy = wantedOf(kind as Kind, String(bookClass ?? ''), deployments.current.stage);
        return policy !== 'never' && suppressedSince(core.table, String(account), kind) === undefined;
      })
      .map(({ kind, subject }) => `${kind} ${subject}`);
  }
}
