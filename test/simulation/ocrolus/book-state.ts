import type { Book, Change, Document, DocumentStatus, Left, Versioned } from './book.ts';
import type { ModelContext } from './model-context.ts';
import { MINUTE, SECOND, span } from './random.ts';

export function isCaptured({ status }: Document): boolean {
  return status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED';
}

/** What is read from it is final, until it is changed. */
export function isFinished(document: Document): boolean {
  return isCaptured(document) || document.status === 'REJECTED' || document.status === 'FAILED';
}

/** No result will become available unless the book changes: stuck, empty, or classify-only and classified. */
export function isHopeless({ stuck, bookClass, isClassified, status, uploading }: Book): boolean {
  const isOnlyClassified = bookClass === 'INSTANT_CLASSIFY_ONLY' && isClassified;
  return stuck || isOnlyClassified || (status === 'CREATED' && uploading === 0);
}

/** Book status has changed. */
export function touch(book: Book, now: number): void {
  book.version += 1;
  book.changedAt = now;
  book.statusText = undefined;
  book.onChange();
}

export function setStatus(document: Document, status: DocumentStatus, now: number): void {
  const wasCaptured = isCaptured(document);
  const isReturning = isFinished(document) && IN_PROGRESS.has(status);
  if (isReturning) document.left = { status: document.status, at: now };
  document.status = status;
  document.statusAt = now;
  document.book.captured += Number(isCaptured(document)) - Number(wasCaptured);
  document.statusText = undefined;
  document.signalsText = undefined;
  touch(document.book, now);
}

const IN_PROGRESS = new Set<DocumentStatus>(['QUEUED', 'PROCESSING', 'CLASSIFIED', 'GROOMING', 'VERIFYING']);

/** @param left the book's, where nothing was answered since the book went back to work. */
export function renew(versioned: Versioned, now: number, book?: Book, left = leftBy(book)): void {
  versioned.revision += 1;
  versioned.changedAt = now;
  const isFirst = versioned.revision === 1;
  const since = isFirst ? 0 : (left?.at ?? now);
  versioned.change = { since, isShown: isFirst || book?.changedAt === now, left };
  book?.onChange();
}

/** While a verified book is at work again, what is computed from all of it is not answered. */
function leftBy(book: Book | undefined): Left | undefined {
  return book === undefined || book.status === 'VERIFIED' ? undefined : book.left;
}

export const UNCHANGED: Change = { since: 0, isShown: true, left: undefined };

/** What of Book status decides which results a book has. */
export function digestOf({ bookClass, documents, mixed }: Book): string {
  const lines = documents.filter(({ listed }) => listed).map(({ uuid, status }) => `${uuid} ${status}`);
  return [bookClass, ...lines, ...mixed.map(({ uuid, status }) => `${uuid} ${status}`)].join('\n');
}

/** A document is listed and in progress from now on. */
export function list(context: ModelContext, document: Document): void {
  const { book, imageGroup } = document;
  document.listed = true;
  book.documents.push(document);
  book.working += 1;
  if (imageGroup !== undefined) imageGroup.working += 1;
  // Detect's answers show some documents before it has started with them.
  if (book.random.chance(0.3) && document.detectFate !== 'absent' && document.detectFate !== 'late')
    document.detect = 'PENDING';
  if (context.profile.lags === true && book.random.chance(0.5))
    document.knownFrom = context.now() + span(book.random, SECOND, 3 * MINUTE);
  setStatus(document, 'QUEUED', context.now());
}

/** The answers of Detect about a document, and so about its book, are others from now on. */
export function signalsChanged(context: ModelContext, document: Document): void {
  const now = context.now();
  document.detectRevision += 1;
  document.detectChangedAt = now;
  document.signalsText = undefined;
  renew(document.book.signals, now);
  document.book.onChange();
}
