import type { Book, Document, DocumentStatus, Versioned } from './book.ts';
import type { ModelContext } from './model-context.ts';

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
}

export function setStatus(document: Document, status: DocumentStatus, now: number): void {
  const wasCaptured = isCaptured(document);
  document.status = status;
  document.book.captured += Number(isCaptured(document)) - Number(wasCaptured);
  document.statusText = undefined;
  document.signalsText = undefined;
  touch(document.book, now);
}

export function renew(versioned: Versioned, now: number): void {
  versioned.revision += 1;
  versioned.changedAt = now;
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
  setStatus(document, 'QUEUED', context.now());
}

/** The answers of Detect about a document, and so about its book, are others from now on. */
export function signalsChanged(context: ModelContext, document: Document): void {
  const now = context.now();
  document.detectRevision += 1;
  document.detectChangedAt = now;
  document.signalsText = undefined;
  renew(document.book.signals, now);
}
