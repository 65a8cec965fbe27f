import { type PlayedBook, WITH_ANALYTICS } from '../upgrade/played/played-book.ts';

/** Books, and deliveries about them, of which costs and times are measured. */

export const ACCOUNT = 'alpha';
export const START = Date.UTC(2026, 2, 2, 8);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Uuids as Ocrolus has them, since their length is part of what an item costs. Documents count from 1. */
export const uuidOf = (book: number, document = 0) =>
  `${String(book).padStart(8, '0')}-0000-5000-8000-${String(document).padStart(12, '0')}`;

const documentPk = (book: number, document: number) => 100_000 + 100 * book + document;

/** @param verified how many of its documents are verified; the book is once all are. */
export function bookOf(n: number, documents: number, verified: number): PlayedBook {
  const isOver = verified >= documents;
  return {
    uuid: uuidOf(n),
    pk: String(10_000 + n),
    account: ACCOUNT,
    status: isOver ? 'VERIFIED' : 'VERIFYING',
    documents: Array.from({ length: documents }, (_, i) => ({
      uuid: uuidOf(n, i + 1),
      pk: String(documentPk(n, i + 1)),
      status: i < verified ? 'VERIFICATION_COMPLETE' : 'VERIFYING',
      ...(i < verified && { detect: 'COMPLETED' }),
    })),
    answers: isOver ? WITH_ANALYTICS : {},
  };
}

export function deliveryOf(event: string, n: number, document?: number) {
  return {
    event_name: event,
    status: 'VERIFICATION_COMPLETE',
    severity: 'LOW',
    notification_type: 'STATUS',
    notification_reason: 'Document verified',
    book_pk: 10_000 + n,
    book_uuid: uuidOf(n),
    ...(document !== undefined && {
      uploaded_doc_pk: documentPk(n, document),
      uploaded_doc_uuid: uuidOf(n, document),
    }),
  };
}

/** The document events, then those of the book. `at`: milliseconds after the start, at the pace of capture by people. */
export function deliveriesOf(documents: number): { event: string; document?: number; at: number }[] {
  const ofDocuments = Array.from({ length: documents }, (_, i) => [
    { event: 'DOC_VERIFIED', document: i + 1, at: (i + 1) * MINUTE },
    { event: 'document.detect.signal_not_found', document: i + 1, at: (i + 1.5) * MINUTE },
  ]);
  return [
    ...ofDocuments.flat(),
    { event: 'BOOK_VERIFIED', at: documents * MINUTE + SECOND },
    { event: 'book.detect.signal_not_found', at: (documents + 1) * MINUTE },
    { event: 'book.analytics_v2.generated', at: (documents + 2) * MINUTE },
  ];
}

/** Least and most milliseconds of a request. Ocrolus publishes none: its calls are assumed to take a fifth of a second. */
export const PORTS = {
  table: { delay: [3, 7] },
  fetch: { delay: [100, 300] },
  queue: { delay: [6, 14] },
  bodies: { delay: [10, 30] },
  secret: { delay: [6, 14] },
} as const;
