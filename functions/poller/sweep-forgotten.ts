import { pkOf } from '../../shared/events/ids.ts';
import { readBookStatus } from '../../shared/ocrolus/book-status.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { isForgotten, readBook } from '../../shared/store/books.ts';
import { isAnyRemoved, removeBookData } from '../../shared/store/removal/remove-book-data.ts';
import { forgetBoth, scheduleSweep } from '../../shared/store/removal/tombstones.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';

/**
 * Removes data of a forgotten book that was written by functions still running when it was forgotten. They end within
 * minutes, and the sweep after 15 minutes finds all of it. Later sweeps, in doubling intervals for a month, find
 * nothing unless something is wrong (docs/decisions/0019).
 *
 * @param deadline Unix milliseconds.
 * @throws Failure `retry`; the book stays due, or is swept again later.
 */
export async function sweepForgotten(
  dependencies: PollerDependencies,
  bookId: string,
  deadline: number,
): Promise<void> {
  const { ports, times, log } = dependencies;
  const book = await readBook(ports.table, bookId);
  const now = ports.now();
  if (!isForgotten(book) || book.dueAt === undefined || book.dueAt > iso(now)) return;
  const removed = await removeBookData(ports.table, ports.bodies, bookId);
  if (isAnyRemoved(removed))
    log.info('leftovers of a forgotten book removed', { bookUuid: bookId, ...removed });
  const age = now - Date.parse(book.forgottenAt);
  const dueAt = age > times.month ? undefined : iso(now + Math.max(times.run, age));
  await scheduleSweep(ports.table, book, dueAt);
  const bookPk = pkOf(bookId);
  if (bookPk !== undefined && book.bookUuid === undefined)
    await forgetUuidOf(dependencies, bookId, bookPk, deadline);
}

/** Forgets the uuid of a book that was forgotten by its pk alone. Only Ocrolus knows the uuid. */
async function forgetUuidOf(
  { ports, accounts }: PollerDependencies,
  pkBookId: string,
  bookPk: string,
  deadline: number,
): Promise<void> {
  for (const account of accounts.names) {
    const reply = await accounts.client(account).ask(calls.bookStatus({ bookPk }), deadline);
    if (reply.kind !== 'ok') continue;
    const { bookUuid } = readBookStatus(reply.answer, { bookPk });
    const writer = { account, source: 'poll', now: ports.now() } as const;
    await forgetBoth(ports.table, pkBookId, bookUuid, writer);
    return;
  }
}
