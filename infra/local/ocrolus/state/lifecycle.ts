import { type Book, type DetectResult, type Document, isFinished, mixedDocuments } from './book.ts';
import type { Moment } from './moments.ts';

/*
 * What can happen to a book (docs/ocrolus.md#statuses). Each function changes the book and returns the
 * moments that Ocrolus would announce, in their usual order (8.4).
 */

/** To be called after a document was put into the book. A verified book reopens. */
export function documentAdded(book: Book, document: Document): Moment[] {
  book.status = book.status === 'CREATED' || book.status === 'UPLOAD' ? 'UPLOAD' : 'VERIFYING';
  book.classified = false;
  book.analyticsReady = false;
  book.completed = false;
  return [{ kind: 'document-uploaded', book, document }];
}

export function classifyBook(book: Book): Moment[] {
  requireOpen(book);
  const stopsHere = book.bookClass === 'INSTANT_CLASSIFY_ONLY';
  const classified = book.documents.filter((document) => document.status === 'QUEUED');
  for (const document of classified) document.status = stopsHere ? 'CLASSIFIED' : 'VERIFYING';
  for (const mixed of mixedDocuments(book)) mixed.status = 'COMPLETED';
  book.status = 'VERIFYING';
  book.classified = true;
  return [
    ...classified.map((document): Moment => ({ kind: 'document-classified', book, document })),
    { kind: 'book-classified', book },
  ];
}

/** Ends the capture of one document: verified, or rejected for the reason it came with. */
export function verifyDocument(book: Book, document: Document): Moment[] {
  requireOpen(book);
  if (isFinished(document)) return [];
  document.status = document.rejection === undefined ? 'VERIFICATION_COMPLETE' : 'REJECTED';
  if (document.mixed !== undefined) document.mixed.status = 'COMPLETED';
  if (book.status !== 'VERIFIED') book.status = 'VERIFYING';
  return [{ kind: 'document-verified', book, document }, ...endOfImageGroup(book, document)];
}

/** Ends the capture of the book; documents still at work are finished first. */
export function verifyBook(book: Book): Moment[] {
  requireOpen(book);
  const moments = book.documents.flatMap((document) => verifyDocument(book, document));
  book.status = 'VERIFIED';
  book.classified = true;
  return [...moments, { kind: 'book-verified', book }];
}

/** Analytics are ready, and so is every asynchronous request that was waiting for them. */
export function completeAnalytics(book: Book): Moment[] {
  requireVerified(book);
  book.analyticsReady = true;
  const waiting = book.analyticsRequests.filter((request) => !request.completed);
  for (const request of waiting) request.completed = true;
  return [
    { kind: 'analytics-generated', book },
    ...waiting.map((request): Moment => ({ kind: 'analytics-completed', book, request })),
  ];
}

/** Detect has looked at one document; the last one of the book ends Detect of the book. */
export function runDetect(book: Book, document: Document, result: DetectResult): Moment[] {
  requireOpen(book);
  if (!isFinished(document)) throw new Error(`Detect runs on finished documents; it is ${document.status}`);
  document.detect = result;
  const isLast = book.documents.every(({ detect }) => detect !== 'pending');
  const moment: Moment = { kind: 'document-detected', book, document };
  return isLast ? [moment, { kind: 'book-detected', book }] : [moment];
}

export function flagSuspiciousActivity(book: Book): Moment[] {
  requireOpen(book);
  book.suspicious = true;
  return [{ kind: 'suspicious-activity', book }];
}

export function calculateIncome(book: Book): Moment[] {
  requireVerified(book);
  book.incomeRevision += 1;
  return [{ kind: 'income-calculated', book }];
}

export function verifyBusiness(book: Book, businessUuid: string): Moment[] {
  const business = book.businesses.find(({ uuid }) => uuid === businessUuid);
  if (business === undefined) throw new Error(`no business ${businessUuid} in book ${book.uuid}`);
  business.status = 'approved';
  return [{ kind: 'business-verified', book, business }];
}

export function completeBook(book: Book): Moment[] {
  requireVerified(book);
  book.completed = true;
  return [{ kind: 'book-completed', book }];
}

/** Nothing announces it. @param listed whether the book goes on listing it, as DELETED. */
export function deleteDocument(document: Document, listed: boolean): void {
  document.status = 'DELETED';
  document.unlisted = !listed;
}

/** Nothing announces it, and nothing follows it. */
export function deleteBook(book: Book): void {
  book.status = 'DELETED';
  for (const document of book.documents) document.status = 'DELETED';
  for (const mixed of mixedDocuments(book)) mixed.status = 'DELETED';
}

function endOfImageGroup(book: Book, { imageGroup }: Document): Moment[] {
  if (imageGroup === undefined) return [];
  const members = book.documents.filter((document) => document.imageGroup === imageGroup);
  if (!members.every(isFinished)) return [];
  const rejection = members.find(({ status }) => status === 'REJECTED')?.rejection;
  return [{ kind: 'image-group-verified', book, imageGroup, ...(rejection !== undefined && { rejection }) }];
}

function requireOpen(book: Book): void {
  if (book.status === 'DELETED') throw new Error(`book ${book.uuid} is deleted`);
}

function requireVerified(book: Book): void {
  if (book.status !== 'VERIFIED') throw new Error(`book ${book.uuid} is ${book.status}, not verified`);
}
