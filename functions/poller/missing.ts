import type { BookObservation, Envelope } from '../../shared/events/envelope.ts';
import { EXPECTABLE, type Expectable, POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { BOOK_VERIFIED, isEnded } from '../../shared/ocrolus/statuses.ts';
import { isKnownAs, type KnownDocument, needsCapture } from '../../shared/store/documents.ts';
import type { DueBook } from '../../shared/store/due.ts';
import type { WaitItem } from '../../shared/store/items.ts';

/** A message that the poller wants sent. */
export type Found = Pick<Envelope, 'eventName' | 'channel' | 'ids' | 'jobs' | 'wait'> & {
  /** Let it carry what the poller has seen. */
  readonly carry: boolean;
};

/** Up to so many documents are fetched along with their book; more go into the queue of their own. */
const DOCUMENTS_WITH_BOOK = 20;

/**
 * What of an observed book is not stored, as the messages that a webhook would have caused. Only for a book
 * that has looked like this for the grace time: before that, its webhooks are merely on their way.
 */
export function findMissing(
  book: DueBook,
  observation: BookObservation,
  known: ReadonlyMap<string, KnownDocument>,
  waits: readonly WaitItem[],
  expected: readonly Expectable[],
): Found[] {
  const { bookUuid, documents } = observation;
  const ids = bookIds(observation);
  const waitingFor = new Set(waits.map((wait) => wait.ids.uploadedDocUuid ?? wait.channel));
  const changed = documents.filter((document) => !isKnownAs(known.get(document.docUuid), document));
  const uncaptured = documents.filter((document) => needsCapture(known.get(document.docUuid), document));
  const ended = changed.filter((document) => isEnded(document.status) && document.mixed !== true);
  const ofDocuments = [...new Set([...uncaptured, ...ended])]
    .filter((document) => !waitingFor.has(document.docUuid))
    .map((document) => documentFound(bookUuid, document.docUuid));

  if (observation.status !== BOOK_VERIFIED) {
    const moved = book.status !== observation.status || changed.length > ended.length;
    return [...ofDocuments, ...(moved ? [{ ...POLL_EVENTS.status, ids, carry: true }] : [])];
  }
  if (uncaptured.length > DOCUMENTS_WITH_BOOK) return ofDocuments;
  const complete = book.status === BOOK_VERIFIED && book.capture?.state === 'complete';
  if (!complete || changed.length > 0 || uncaptured.length > 0) {
    if (waitingFor.has('book-verified')) return [];
    return [{ eventName: 'BOOK_VERIFIED', channel: 'book-verified', ids, carry: true }];
  }
  const detected = documents.every((document) => known.get(document.docUuid)?.detect !== undefined);
  return EXPECTABLE.filter((strand) => {
    if (waitingFor.has(POLL_EVENTS[strand].channel)) return false;
    // Whoever is told of each document need not be told of the book, unless it has been so before.
    const isTold = strand === 'detect' && detected;
    if (book[strand] !== undefined) return !isTold && isOld(book, strand);
    return book.expected?.includes(strand) === true || (expected.includes(strand) && !isTold);
  }).map((strand) => ({ ...POLL_EVENTS[strand], ids, carry: false }));
}

/** What was fetched before the book was seen verified as it is may be of a time when it had other documents. */
function isOld(book: DueBook, strand: Expectable): boolean {
  const at = book[strand]?.at;
  return at !== undefined && book.verifiedAt !== undefined && at < book.verifiedAt;
}

function documentFound(bookUuid: string, docUuid: string): Found {
  const ids = { bookUuid, uploadedDocUuid: docUuid };
  return { eventName: 'DOC_VERIFIED', channel: 'doc-verified', ids, carry: true };
}

export function bookIds({ bookUuid, bookPk }: BookObservation): Envelope['ids'] {
  return { bookUuid, ...(bookPk !== undefined && { bookPk }) };
}
