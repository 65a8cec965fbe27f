/** Statuses of a document in which nothing more will be read from it (domain reference 9.2). */
const CAPTURED = new Set(['VERIFICATION_COMPLETE', 'COMPLETED']);
const ENDED_WITHOUT_RESULT = new Set(['REJECTED', 'FAILED', 'DELETING', 'DELETED']);

/** Its forms and transactions can be fetched. */
export function hasResults(documentStatus: string): boolean {
  return CAPTURED.has(documentStatus);
}

/** It came to its end, one way or the other. */
export function isEnded(documentStatus: string): boolean {
  return hasResults(documentStatus) || ENDED_WITHOUT_RESULT.has(documentStatus);
}

/** The book's capture is done; not final, since a new document reopens it (domain reference 9.1). */
export const BOOK_VERIFIED = 'VERIFIED';

/** Absorbing for books and documents alike. */
export const DELETED = 'DELETED';
