import type { EventIds } from '../events/ids.ts';
import type { BookObservation } from '../events/observation.ts';
import { asFailure } from '../failure.ts';
import type { Reply } from '../ocrolus/client.ts';
import { isOfOcrolus } from '../ocrolus/failures.ts';
import { isForgotten, readBook } from '../store/books.ts';
import { askBookStatus } from './book-status.ts';
import type { Context } from './context.ts';
import { readBookUuid, signalsOfDocument } from './results/signals.ts';

/** Book of a delivery that does not name its uuid. */
export type Identity =
  | { readonly kind: 'book'; readonly bookUuid: string; readonly observation?: BookObservation | undefined }
  | { readonly kind: 'forgotten' }
  /** Ocrolus has not named the book; `isFinal`: the event has nothing to ask with. */
  | { readonly kind: 'unknown'; readonly code: string; readonly isFinal: boolean };

/**
 * Finds the book by its pk in Book status, or by the document in Detect. Until one of them names it, nothing can be
 * marked, and the message itself has to wait (docs/design.md#reconcile).
 *
 * @param context of the partition of the pk, or of events without a book.
 * @param isOfDetect whether the event is about signals of the document that it names.
 * @throws the error of the table.
 */
export async function findBook(context: Context, ids: EventIds, isOfDetect: boolean): Promise<Identity> {
  const { bookPk } = ids;
  if (bookPk !== undefined) {
    if (isForgotten(await readBook(context.table, context.bookId))) return { kind: 'forgotten' };
    const reply = await askBookStatus(context, { bookPk });
    if (reply.kind === 'unknown') return { kind: 'unknown', code: reply.code, isFinal: false };
    const { observation } = reply;
    return { kind: 'book', bookUuid: observation.bookUuid, observation };
  }
  const docUuid = ids.uploadedDocUuid ?? ids.docUuid;
  if (!isOfDetect || docUuid === undefined) return { kind: 'unknown', code: 'no-book-id', isFinal: true };
  return findByDocument(context, docUuid, ids.uploadedDocUuid === undefined);
}

async function findByDocument(context: Context, docUuid: string, mayBePart: boolean): Promise<Identity> {
  let code = 'no-book-id';
  try {
    for (const call of signalsOfDocument(docUuid, mayBePart)) {
      const reply: Reply = await context.ask(call);
      const bookUuid = reply.kind === 'ok' ? readBookUuid(reply.answer) : undefined;
      if (bookUuid !== undefined) return { kind: 'book', bookUuid };
      if (reply.kind !== 'ok') code = reply.code;
    }
  } catch (error) {
    const failure = asFailure(error);
    if (!isOfOcrolus(failure)) throw error;
    code = failure.code;
  }
  return { kind: 'unknown', code, isFinal: false };
}
