import type { BookObservation } from '../events/observation.ts';
import { asFailure } from '../failure.ts';
import { readBookInfo, readBookStatus } from '../ocrolus/book-status.ts';
import { type BookRef, calls } from '../ocrolus/calls.ts';
import type { Book } from '../store/books.ts';
import { BOOK_STATUS, isBookStatusSuppressed } from '../store/polling/circuits.ts';
import type { RefusedLook } from '../store/polling/refused-books.ts';
import { isOfOcrolus, isThrottling } from './ask.ts';
import type { Context } from './context.ts';

/** What Book status said, or why it said nothing. */
export type StatusReply =
  | { readonly kind: 'observed'; readonly observation: BookObservation }
  /** `throttled`: there was no permit, and nothing was asked. */
  | { readonly kind: 'unknown'; readonly class: RefusedLook['class'] | 'throttled'; readonly code: string };

/** Asks Book status, unless the account's circuit is open. @throws Failure that is not Ocrolus's. */
export async function askBookStatus(context: Context, ref: BookRef): Promise<StatusReply> {
  const { circuits } = context.dependencies;
  const { account, bookId } = context;
  if (await isBookStatusSuppressed(circuits, account))
    return { kind: 'unknown', class: 'suppressed', code: 'circuit-open' };
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

export type BookInfo = Pick<Book, 'hasInfo' | 'xid' | 'bookType'>;

/** What Book info says, once per book, where the list of books is not read. A failure is left to the next look. */
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
