import { has, NO_STATEMENTS, type PlayedBook } from '../../simulation/played/played-book.ts';
import type { PlayedOcrolus } from '../../simulation/played/played-ocrolus.ts';
import type { PlayedSystem } from '../../simulation/played/system.ts';

export const ACCOUNT = 'alpha';
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

/** Everything that a verified book has by the default policy; what is only probed for does not apply. */
const ANSWERS: PlayedBook['answers'] = {
  paystubs: has(),
  summary: has(),
  'cash-flow': has(),
  'enriched-transactions': has(),
  income: NO_STATEMENTS,
  classification: NO_STATEMENTS,
  'suspicious-activity': NO_STATEMENTS,
  analytics: NO_STATEMENTS,
};

/** Uuids as Ocrolus has them, since their length is part of what an item costs. */
const uuid = (book: number, document = 0) =>
  `${String(book).padStart(8, '0')}-0000-5000-8000-${String(document).padStart(12, '0')}`;

export function bookUuid(n: number): string {
  return uuid(n);
}

/** @param verified how many of its documents are verified; the book is once all are. */
function bookOf(n: number, documents: number, verified: number): PlayedBook {
  const isOver = verified >= documents;
  return {
    uuid: uuid(n),
    pk: String(10_000 + n),
    account: ACCOUNT,
    status: isOver ? 'VERIFIED' : 'VERIFYING',
    documents: Array.from({ length: documents }, (_, i) => ({
      uuid: uuid(n, i + 1),
      pk: String(100_000 + 100 * n + i),
      status: i < verified ? 'VERIFICATION_COMPLETE' : 'VERIFYING',
      ...(i < verified && { detect: 'COMPLETED' }),
    })),
    answers: isOver ? ANSWERS : {},
  };
}

/** The deliveries of one book: three, and two for each document. */
export function deliveriesOf(documents: number): number {
  return 3 + 2 * documents;
}

function body(event: string, n: number, document?: number) {
  return {
    event_name: event,
    status: 'VERIFICATION_COMPLETE',
    severity: 'LOW',
    notification_type: 'STATUS',
    notification_reason: 'Document verified',
    book_pk: 10_000 + n,
    book_uuid: uuid(n),
    ...(document !== undefined && {
      uploaded_doc_pk: 100_000 + 100 * n + document,
      uploaded_doc_uuid: uuid(n, document + 1),
    }),
  };
}

interface Life {
  readonly ocrolus: PlayedOcrolus;
  readonly system: PlayedSystem;
  /** Number of the book. */
  readonly n: number;
  readonly documents: number;
}

/** The document events, then those of the book, with pauses of a minute or more: as capture by people. */
export function livePaced({ ocrolus, system, n, documents }: Life, startAt: number): void {
  const { scheduler } = system.core.simulation;
  const at = (milliseconds: number, work: () => void) => scheduler.at(startAt + milliseconds, work);
  const post = (event: string, document?: number) => void system.post(ACCOUNT, body(event, n, document));
  at(0, () => ocrolus.set(bookOf(n, documents, 0)));
  for (let i = 0; i < documents; i += 1) {
    at((i + 1) * MINUTE, () => {
      ocrolus.set(bookOf(n, documents, i + 1));
      post('DOC_VERIFIED', i);
    });
    at((i + 1.5) * MINUTE, () => post('document.detect.signal_not_found', i));
  }
  at(documents * MINUTE + SECOND, () => post('BOOK_VERIFIED'));
  at((documents + 1) * MINUTE, () => post('book.detect.signal_not_found'));
  at((documents + 2) * MINUTE, () => post('book.analytics_v2.generated'));
}

/** All deliveries of the book within ten seconds, when everything is done: as after an outage, or of a machine. */
export function liveAtOnce({ ocrolus, system, n, documents }: Life, startAt: number): void {
  const { scheduler } = system.core.simulation;
  const random = system.core.simulation.random.fork(`book-${n}`);
  const post = (event: string, document?: number) =>
    scheduler.at(
      startAt + random.int(0, 10 * SECOND),
      () => void system.post(ACCOUNT, body(event, n, document)),
    );
  scheduler.at(startAt, () => ocrolus.set(bookOf(n, documents, documents)));
  for (let i = 0; i < documents; i += 1) {
    post('DOC_VERIFIED', i);
    post('document.detect.signal_not_found', i);
  }
  for (const event of ['BOOK_VERIFIED', 'book.detect.signal_not_found', 'book.analytics_v2.generated'])
    post(event);
}
