import type { BookObservation } from '../events/observation.ts';
import { isOfCredentials } from '../events/statuses.ts';
import { asFailure } from '../failure.ts';
import { nextAccount } from '../ocrolus/accounts.ts';
import { readBookInfo, readBookStatus } from '../ocrolus/book-status.ts';
import { type BookRef, calls } from '../ocrolus/calls.ts';
import { isOfOcrolus, isThrottling } from '../ocrolus/failures.ts';
import { type Book, updateBook } from '../store/books.ts';
import { BOOK_STATUS, bookStatusSuppressedBy, CIRCUIT_OPEN } from '../store/polling/circuits.ts';
import { isElsewhere, type RefusedLook, refuseBook } from '../store/polling/refused-books.ts';
import type { Context } from './context.ts';

/** Observation of a book, or the reason for having none. */
export type StatusReply =
  | { readonly kind: 'observed'; readonly observation: BookObservation }
  /** `throttled`: there was no permit, and nothing was asked. */
  | { readonly kind: 'unknown'; readonly class: RefusedLook['class'] | 'throttled'; readonly code: string };

/** Asks for Book status, unless the account's circuit is open. @throws Failure that is not Ocrolus's. */
export async function askBookStatus(context: Context, ref: BookRef): Promise<StatusReply> {
  const { circuits, metrics } = context.dependencies;
  const { account, bookId } = context;
  const suppressedBy = await bookStatusSuppressedBy(circuits, account);
  if (suppressedBy !== undefined) {
    const cause = isOfCredentials({ code: suppressedBy }) ? 'credentials' : 'refused';
    metrics.count('AccountNotAsked', { cause });
    return { kind: 'unknown', class: 'suppressed', code: CIRCUIT_OPEN };
  }
  try {
    const reply = await context.ask(calls.bookStatus(ref));
    if (reply.kind !== 'ok') {
      await circuits.refused(account, BOOK_STATUS, reply.code, bookId);
      return { kind: 'unknown', class: 'refused', code: reply.code };
    }
    const observation = readBookStatus(reply.answer, ref);
    await circuits.answered(account, BOOK_STATUS);
    return { kind: 'observed', observation };
  } catch (error) {
    const failure = asFailure(error);
    if (!isOfOcrolus(failure)) throw error;
    return { kind: 'unknown', class: isThrottling(failure) ? 'throttled' : 'failed', code: failure.code };
  }
}

/** Handles a look without an answer: the checklist is kept. If the owner is not certain, the next account is tried. */
export async function refuseLook(
  context: Context,
  known: Book | undefined,
  { class: refusal, code }: Extract<StatusReply, { kind: 'unknown' }>,
): Promise<void> {
  // The book stays due.
  if (refusal === 'throttled') return;
  const { account, dependencies } = context;
  const { circuits, accounts, ports, times } = dependencies;
  const isOutage = (await circuits.state(account, BOOK_STATUS)).state !== 'closed';
  const { names } = accounts;
  await updateBook(
    context.table,
    context.bookId,
    (book) => {
      if (book === undefined) return book;
      const look = { class: refusal, code, account, accounts: names, isOutage, now: context.now, times };
      const refused = refuseBook(book, { ...look, random: ports.random() });
      const isUnsettled = book.observedAt === undefined || isElsewhere(book, names);
      // The next account is tried even if this one's circuit is open.
      return isUnsettled ? { ...refused, account: nextAccount(accounts, account) } : refused;
    },
    known,
  );
}

export type BookInfo = Pick<Book, 'hasInfo' | 'xid' | 'bookType'>;

/** Asks for Book info, once per book, unless the list of books is read. Only a failure is repeated by the next look. */
export async function askBookInfo(context: Context, book: Book | undefined): Promise<BookInfo> {
  if (context.dependencies.settings.POLL_DISCOVER || book?.hasInfo === true) return {};
  try {
    const reply = await context.ask(calls.bookInfo({ bookUuid: context.bookId }));
    return { hasInfo: true, ...(reply.kind === 'ok' && readBookInfo(reply.answer)) };
  } catch (error) {
    if (!isOfOcrolus(asFailure(error))) throw error;
    return {};
  }
}
