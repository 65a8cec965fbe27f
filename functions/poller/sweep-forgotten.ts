import { pkOf } from '../../shared/events/ids.ts';
import { readBookStatus } from '../../shared/ocrolus/book-status.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import type { ForgottenBook } from '../../shared/store/books.ts';
import { isAnyRemoved, removeBookData } from '../../shared/store/removal/remove-book-data.ts';
import { forgetBoth, scheduleSweep } from '../../shared/store/removal/tombstones.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';
import type { PollOptions } from './poll-options.ts';

/**
 * Removes the data of a forgotten book that was written by functions that were running when it was forgotten. They end
 * within minutes; the sweep after `hold` (15 minutes) finds all of it, and later ones, in doubling intervals for a month,
 * find nothing unless something is wrong (docs/decisions/0019).
 *
 * @throws Failure `retry`; the book stays due, or is swept again later.
 */
export async function sweepForgotten(
  dependencies: PollerDependencies,
  book: ForgottenBook,
  options: PollOptions,
): Promise<void> {
  const { ports, times, log } = dependencies;
  const removed = await removeBookData(ports.table, ports.bodies, book.bookId);
  if (isAnyRemoved(removed))
    log.info('leftovers of a forgotten book removed', { bookUuid: book.bookId, ...removed });
  const now = ports.now();
  const age = now - Date.parse(book.forgottenAt);
  const dueAt = age > times.month ? undefined : iso(now + Math.max(times.hold, age));
  await scheduleSweep(ports.table, book, dueAt);
  const bookPk = pkOf(book.bookId);
  if (bookPk !== undefined && book.bookUuid === undefined) {
    await forgetUuidOf(dependencies, book.bookId, bookPk, options);
  }
}

/** A book was forgotten by its pk alone. Only Ocrolus knows its uuid, by which it may be stored, or announced. */
async function forgetUuidOf(
  { ports, accounts }: PollerDependencies,
  pkBookId: string,
  bookPk: string,
  { health, deadline }: PollOptions,
): Promise<void> {
  for (const account of accounts.names) {
    if (health.isDown(account)) continue;
    const client = accounts.client(account);
    const reply = await health.watch(account, () => client.ask(calls.bookStatus({ bookPk }), deadline));
    if (reply.kind !== 'ok') continue;
    const { bookUuid } = readBookStatus(reply.answer, { bookPk });
    const writer = { account, source: 'poll', now: ports.now() } as const;
    await forgetBoth(ports.table, pkBookId, bookUuid, writer);
    return;
  }
}
