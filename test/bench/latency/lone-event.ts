import type { PlayedBook } from '../../simulation/played/played-book.ts';
import { ACCOUNT } from '../units/book-life.ts';

/** An event with one result (signals), and one with two (forms and transactions), which asks Book status too. */
export const LONE_EVENTS = ['document.detect.signal_not_found', 'DOC_VERIFIED'] as const;

export type LoneEvent = (typeof LONE_EVENTS)[number];

const uuidOf = (n: number, part: number) =>
  `${String(n).padStart(8, '0')}-0000-5000-8000-${String(part).padStart(12, '0')}`;

/** A book with one document, before and after it is verified; the book itself stays active. */
export function loneBook(n: number): { readonly before: PlayedBook; readonly after: PlayedBook } {
  const bookOf = (status: string, detect: { readonly detect?: string }): PlayedBook => ({
    uuid: uuidOf(n, 0),
    pk: String(10_000 + n),
    account: ACCOUNT,
    status: 'VERIFYING',
    documents: [{ uuid: uuidOf(n, 1), pk: String(500_000 + n), status, ...detect }],
    answers: {},
  });
  return { before: bookOf('VERIFYING', {}), after: bookOf('VERIFICATION_COMPLETE', { detect: 'COMPLETED' }) };
}

/** The items that an event makes appear. */
export function loneResults(
  event: LoneEvent,
  n: number,
): { readonly bookId: string; readonly item: string }[] {
  const kinds = event === 'DOC_VERIFIED' ? ['forms', 'transactions'] : ['signals'];
  return kinds.map((kind) => ({ bookId: uuidOf(n, 0), item: `RESULT#${kind}#${uuidOf(n, 1)}` }));
}

/** The body of a delivery about the document of a lone book. */
export function loneDelivery(event: string, n: number) {
  return {
    event_name: event,
    book_pk: 10_000 + n,
    book_uuid: uuidOf(n, 0),
    uploaded_doc_pk: 500_000 + n,
    uploaded_doc_uuid: uuidOf(n, 1),
  };
}
