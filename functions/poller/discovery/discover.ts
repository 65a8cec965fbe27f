import { createdMs, type ListedBook, listBooks } from '../../../shared/ocrolus/book-list.ts';
import { BOOKS_LIMIT } from '../../../shared/ocrolus/calls.ts';
import { inGroups } from '../../../shared/rate-limit/slots.ts';
import { isDescribed } from '../../../shared/store/books.ts';
import { BOOK_ITEM } from '../../../shared/store/keys.ts';
import { isUnreadable } from '../../../shared/store/records.ts';
import type { PollerDependencies } from '../dependencies.ts';
import { recordListed } from '../listed-book.ts';
import { advance, placeOf, readCursor, writeCursor } from './cursor.ts';
import { follow, offsetAfter } from './follow.ts';

/** Number of books that are looked up at the same time. */
const AT_ONCE = 10;
const DAY_MS = 86_400_000;

export interface Discovered {
  /** Number of books that were not stored, and were created. */
  readonly found: number;
  /** This run has nothing more to read. */
  readonly isCaughtUp: boolean;
}

/**
 * Finds the books of an account that no webhook has mentioned. One call reads one page of its list, by ascending pk,
 * from one of three parts of the list, and stores in the account's cursor which page the next call reads (docs/decisions/0027):
 *
 * - `new`: the books after the last one that was ever read; first in every run;
 * - `recent`: the books created within 48 hours; again in every run, because a book may become visible late, with
 *   a lower pk than books already read;
 * - `sweep`: the whole list; again every six days, because a book may become visible even later.
 *
 * Everything before a place has been stored, and the cursor is written last. So a crash, or another run at the same
 * time, costs a page that is read again, and never a book.
 *
 * Each known book costs a read; each unknown one, two reads and a write of two units; each call, a read and a write of
 * the cursor. A run reads at most ten pages again. A day of 288 runs, in which no webhook mentions a book
 * (test/functions/poller/discovery/cost.test.ts):
 *
 * | new books | calls | read units | write units | all recent books are read again within |
 * |---|---|---|---|---|
 * | 0 | 300 | 300 | 300 | – |
 * | 100 | 1,200 | 60,000 | 1,400 | 1 run |
 * | 1,000 | 2,300 | 200,000 | 4,300 | 3 runs |
 * | 10,000 | 3,100 | 300,000 | 23,000 | 21 runs |
 *
 * @param deadline Unix milliseconds.
 * @throws Failure when the list or the table cannot be read: the next call reads the same page.
 */
export async function discover(
  dependencies: PollerDependencies,
  account: string,
  deadline: number,
): Promise<Discovered> {
  const { ports, accounts, times } = dependencies;
  const now = ports.now();
  const cursor = await readCursor(ports.table, account, now);
  const place = placeOf(cursor);
  const page = await listBooks(accounts.client(account), BOOKS_LIMIT, offsetAfter(place), deadline);
  const step = follow(place, page);
  let found = 0;
  await inGroups(step.unseen, AT_ONCE, async (listed) => {
    if (await recordIfNew(dependencies, account, listed)) found += 1;
  });
  const { isCaughtUp, ...next } = advance(cursor, step, now, times);
  await writeCursor(ports.table, account, next);
  return { found, isCaughtUp };
}

/**
 * Creates a listed book, or adds what the list says of one. Skips books that are too old, forgotten or unchanged. An
 * unreadable one does not stop the others.
 *
 * @returns whether the book was created.
 */
async function recordIfNew(
  { ports, settings, log, metrics, times }: PollerDependencies,
  account: string,
  listed: ListedBook,
): Promise<boolean> {
  const { table } = ports;
  const now = ports.now();
  const { POLL_DISCOVER_FROM: from, DOCUMENT_DAYS: days } = settings;
  const oldest = Math.max(
    from === undefined ? 0 : Date.parse(from),
    // An expired book would be fetched again.
    days === undefined ? 0 : now - days * DAY_MS,
  );
  const createdAt = createdMs(listed);
  if ((createdAt ?? now) < oldest) return false;
  const { bookUuid: bookId } = listed;
  const attributes = ['bookId', 'forgottenAt', 'xid', 'bookType'];
  const known = await table.get({ bookId, item: BOOK_ITEM }, attributes);
  if (known?.forgottenAt !== undefined || (known !== undefined && isDescribed(known, listed))) return false;
  try {
    const writer = { account, source: 'poll', now } as const;
    const { isNew } = await recordListed(table, listed, {
      writer,
      // Only some attributes were read of a known book, so it is read again.
      known: known === undefined ? null : undefined,
      // Webhooks get time to announce a new book first.
      newDueAt: Math.max(now, Math.min(createdAt ?? 0, now) + times.grace),
    });
    return isNew;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    log.error('item unreadable', { bookUuid: bookId });
    metrics.count('ItemUnreadable', {});
    return false;
  }
}
