import type { Book, Document, DocumentStatus, Kind, Versioned } from './book.ts';
import type { Model } from './model.ts';

export function isCaptured({ status }: Document): boolean {
  return status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED';
}

/** The results of a finished document are final until something changes it. */
export function isFinished(document: Document): boolean {
  return isCaptured(document) || document.status === 'REJECTED' || document.status === 'FAILED';
}

/** Ocrolus captures only some documents of the book: those that it recognizes, or that are upgraded. */
export function isClassifying({ bookClass }: Pick<Book, 'bookClass'>): boolean {
  return bookClass === 'INSTANT_CLASSIFY_ONLY' || bookClass === 'INSTANT_CLASSIFY_ISO_CAPTURE';
}

/** Classification is the end of the document, unless it is upgraded. */
export function stopsAtClassification({ book, documentClass, isIsoApplication }: Document): boolean {
  const isRecognized = isIsoApplication === true && book.bookClass === 'INSTANT_CLASSIFY_ISO_CAPTURE';
  return isClassifying(book) && documentClass === undefined && !isRecognized;
}

/** Nothing is in progress. A book of which only some documents are captured may never be verified, or before that. */
export function isCaptureOver(book: Book): boolean {
  if (!isClassifying(book)) return book.status === 'VERIFIED';
  return book.status !== 'DELETED' && book.isClassified && book.working === 0;
}

/** No result will become available unless the book changes: stuck, empty, or only classified. */
export function isHopeless(book: Book): boolean {
  const isOnlyClassified = isClassifying(book) && isCaptureOver(book) && book.captured === 0;
  return book.isStuck || isOnlyClassified || (book.status === 'CREATED' && book.uploading === 0);
}

export function touch(model: Model, book: Book): void {
  book.version += 1;
  book.changedAt = model.now();
  book.statusText = undefined;
  model.onChange?.(book);
}

/** A result of the book is another from now on. */
export function renew(model: Model, result: Versioned, book: Book): void {
  countUp(model, result, book);
  model.onChange?.(book);
}

function countUp(model: Model, result: Versioned, book: Book): void {
  result.revision += 1;
  result.changedAt = model.now();
  model.onRenew?.(result, book);
}

export function setStatus(model: Model, document: Document, status: DocumentStatus): void {
  const { book } = document;
  const wasCaptured = isCaptured(document);
  document.status = status;
  document.statusAt = model.now();
  book.captured += Number(isCaptured(document)) - Number(wasCaptured);
  document.statusText = undefined;
  document.signalsText = undefined;
  touch(model, book);
}

/** The answers of Detect about a document, and so about its book, are others from now on. */
export function renewSignals(model: Model, document: Document): void {
  countUp(model, document.signals, document.book);
  document.signalsText = undefined;
  renew(model, document.book.signals, document.book);
}

/** Results that are computed on demand from all documents of this kind have changed. */
export function renewContent(model: Model, { book, kind }: Document): void {
  if (kind === 'bank-statement') renew(model, book.statements, book);
  if (kind === 'pay-stub') renew(model, book.paystubs, book);
}

/** True if Ocrolus refuses a kind for a book, because the contract lacks the product. */
export function lacks({ account, hash }: Pick<Book, 'account' | 'hash'>, kind: Kind): boolean {
  const { servesOneOf } = account.habits;
  return account.without.has(kind) && (servesOneOf === undefined || hash % servesOneOf !== 0);
}
