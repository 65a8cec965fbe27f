import { bookIdOf, type EventIds, pkOf } from '../../events/ids.ts';
import { FORGOTTEN } from '../../events/statuses.ts';
import { iso } from '../../time.ts';
import { dueBy, type ForgottenBook, isForgotten, readBook, updateAnyBook, type Writer } from '../books.ts';
import { FORGOTTEN_SHARD } from '../keys.ts';
import type { Table } from '../table.ts';

type BookIds = Pick<EventIds, 'bookUuid' | 'bookPk'>;

/**
 * Replaces a book by a tombstone: its ids, and the time at which it was forgotten. Every writer of the book finds it,
 * because its `revision` is not the one that they have read. It is due at once, so that the poller removes the
 * remaining data (docs/decisions/0019). Idempotent: the first `forgottenAt` stays.
 */
export async function markForgotten(
  table: Table,
  bookId: string,
  ids: BookIds,
  writer: Writer,
): Promise<ForgottenBook> {
  const at = iso(writer.now);
  const marked = await updateAnyBook(table, bookId, (book): ForgottenBook => {
    const forgottenAt = book?.forgottenAt ?? at;
    const bookUuid = ids.bookUuid ?? book?.bookUuid;
    const bookPk = ids.bookPk ?? book?.bookPk;
    return {
      bookId,
      item: 'BOOK',
      ...(bookUuid !== undefined && { bookUuid }),
      ...(bookPk !== undefined && { bookPk }),
      account: book?.account ?? writer.account,
      source: book?.source ?? writer.source,
      status: FORGOTTEN,
      generation: book?.generation ?? 1,
      revision: book?.revision,
      forgottenAt,
      createdAt: forgottenAt,
      updatedAt: forgottenAt,
      dueAt: at,
      dueShard: FORGOTTEN_SHARD,
      entries: {},
    };
  });
  if (!isForgotten(marked)) throw new Error('a book was not marked as forgotten');
  return marked;
}

/** Schedules another sweep of a forgotten book by the poller. */
export async function sweepAgain(table: Table, bookId: string, now: number): Promise<void> {
  await updateAnyBook(table, bookId, (book) =>
    isForgotten(book) ? { ...dueBy(book, now), dueShard: FORGOTTEN_SHARD } : book,
  );
}

/** Schedules the next sweep, unless the tombstone became due in the meantime. @param dueAt `undefined`: none. */
export async function scheduleSweep(
  table: Table,
  swept: ForgottenBook,
  dueAt: string | undefined,
): Promise<void> {
  await updateAnyBook(
    table,
    swept.bookId,
    (book) =>
      isForgotten(book) && book.dueAt === swept.dueAt
        ? { ...book, dueAt, dueShard: dueAt === undefined ? undefined : FORGOTTEN_SHARD }
        : book,
    swept,
  );
}

/**
 * Forgets a book by its uuid if it was forgotten by its pk, when the uuid was unknown. Must be called before a book
 * is stored for the first time, so that the write finds the tombstone.
 *
 * @returns the tombstone of the uuid; `undefined`: the pk is not forgotten.
 */
export async function forgetIfPkIsForgotten(
  table: Table,
  ids: BookIds & { readonly bookUuid: string },
  writer: Writer,
): Promise<ForgottenBook | undefined> {
  if (ids.bookPk === undefined) return undefined;
  const pkBookId = bookIdOf({ bookPk: ids.bookPk });
  if (!isForgotten(await readBook(table, pkBookId))) return undefined;
  return forgetBoth(table, pkBookId, ids.bookUuid, writer);
}

/** Forgets both the pk and the uuid of a book. @returns the tombstone of the uuid. */
export async function forgetBoth(
  table: Table,
  pkBookId: string,
  bookUuid: string,
  writer: Writer,
): Promise<ForgottenBook> {
  const ids = { bookUuid, bookPk: pkOf(pkBookId) };
  const ofUuid = await markForgotten(table, bookUuid, ids, writer);
  await markForgotten(table, pkBookId, ids, writer);
  return ofUuid;
}
