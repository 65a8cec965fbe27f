/** Statuses of a document in which its forms and transactions can be fetched (docs/ocrolus.md#document-statuses). */
const CAPTURED = new Set(['VERIFICATION_COMPLETE', 'COMPLETED']);
const ENDED_WITHOUT_RESULT = new Set(['REJECTED', 'FAILED', 'DELETING', 'DELETED', 'UNLISTED']);

/**
 * True if Ocrolus classifies the documents of this class, and captures none, or only some of them: the Classify and
 * the ISO workflow (docs/ocrolus.md#book-classes). A class that this version does not know counts if its name says so.
 */
export function isClassifying(processingClass: string | undefined): boolean {
  return processingClass?.includes('CLASSIFY') === true;
}

/** True if the document's forms and transactions can be fetched. */
export function hasResults(documentStatus: string): boolean {
  return CAPTURED.has(documentStatus);
}

/** True if the document's capture has ended, with or without results. */
export function isEnded(documentStatus: string): boolean {
  return hasResults(documentStatus) || ENDED_WITHOUT_RESULT.has(documentStatus);
}

/** Capture of the book is done. Not final: a new document reopens the book (docs/ocrolus.md#book-statuses). */
export const BOOK_VERIFIED = 'VERIFIED';

/** Final, for books and documents. */
export const DELETED = 'DELETED';

/** Status of a document that is about to be deleted. */
export const DELETING = 'DELETING';

/** This project's own status of a book that Ocrolus has not found for hours. */
export const NOT_FOUND = 'NOT_FOUND';

/** This project's own status of a book whose data was removed permanently, and is not stored again. */
export const FORGOTTEN = 'FORGOTTEN';

/** This project's own status of a document that Book status no longer lists. */
export const UNLISTED = 'UNLISTED';

/** Ocrolus has no such book, or does not have it yet (docs/ocrolus.md#error-codes). */
export const BOOK_NOT_FOUND = '1401';

/** The account may not see the book (docs/ocrolus.md#error-codes). */
export const BOOK_OF_ANOTHER = '2102';

/** Codes for a book, a document or a result that is not there, or not shown: they do not concern the account. */
export const NOT_THERE: readonly string[] = [
  BOOK_NOT_FOUND,
  BOOK_OF_ANOTHER,
  '2104',
  '2107',
  '2108',
  '1501',
  '2301',
];

/** Codes about the account: no call of it is answered (docs/ocrolus.md#error-codes). */
const OF_ACCOUNT = ['1307', '1308', '1317', '1323', '1398', '1399'];

const OF_CREDENTIALS: ReadonlySet<string> = new Set(['auth', 'no-credentials', ...OF_ACCOUNT]);

/** True if Ocrolus refuses the API credentials or their account, or an operator has not set them yet. */
export function isOfCredentials({ code }: { readonly code: string }): boolean {
  return OF_CREDENTIALS.has(code);
}

/** Code: Detect is still processing some document. */
export const DETECT_PENDING = 'detect-pending';

/** Code of an answer without a document that Detect may still list. */
export const DETECT_ABSENT = 'detect-absent';

/** True for the codes of Detect, which has two days for a document before it counts as missing. */
export function isOfDetect(code: string | null): boolean {
  return code === DETECT_PENDING || code === DETECT_ABSENT;
}
