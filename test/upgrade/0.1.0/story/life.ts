import type { PlayedBook, PlayedDocument } from '../../../simulation/played/played-book.ts';
import { UPGRADED_BOOKS } from '../expectations.ts';
import type { Stage } from '../stage.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** State of a book in Ocrolus after the upgrade; stories have the state before. @throws Error for an unknown book. */
export function finallyOf(uuid: string): PlayedBook {
  const found = UPGRADED_BOOKS.map(({ ocrolus }) => ocrolus).find((book) => book.uuid === uuid);
  if (found === undefined) throw new Error(`no book ${uuid}`);
  return found;
}

/** The book as it was with other answers or documents. */
export function earlier(uuid: string, changes: Partial<PlayedBook>): PlayedBook {
  const book = finallyOf(uuid);
  return { ...book, ...changes, answers: { ...book.answers, ...changes.answers } };
}

const unfinished = ({ detect: _, rejectionReason: __, ...document }: PlayedDocument): PlayedDocument => ({
  ...document,
  status: 'VERIFYING',
});

/** The book while all of its documents are being processed: nothing has been computed. */
export function active(book: PlayedBook): PlayedBook {
  return { ...book, status: 'VERIFYING', documents: book.documents.map(unfinished), answers: {} };
}

/** The ids of a body about a book, or about one of its documents. */
export function idsOf({ uuid, pk }: PlayedBook, document?: PlayedDocument) {
  return {
    book_uuid: uuid,
    book_pk: Number(pk),
    ...(document !== undefined && {
      uploaded_doc_uuid: document.uuid,
      uploaded_doc_pk: Number(document.pk),
    }),
  };
}

/** A book that is processed for twenty minutes and ends so many milliseconds before the fixture does. */
export function capture(
  stage: Stage,
  book: PlayedBook,
  endedBefore: number,
  { isAnnounced = true }: { readonly isAnnounced?: boolean } = {},
): void {
  stage.show(endedBefore + 20 * MINUTE, active(book));
  stage.show(endedBefore, book);
  if (!isAnnounced) return;
  const { account, documents } = book;
  const deliver = (before: number, event: string, document?: PlayedDocument) =>
    stage.deliver(endedBefore + before, event, idsOf(book, document), account);
  deliver(20 * MINUTE, 'document.upload_succeeded', documents[0]);
  for (const [n, document] of documents.entries()) deliver(-(n + 1) * SECOND, 'DOC_VERIFIED', document);
  deliver(-20 * SECOND, 'BOOK_VERIFIED');
  deliver(-MINUTE, 'book.detect.signal_not_found');
  deliver(-2 * MINUTE, 'book.analytics_v2.generated');
}
