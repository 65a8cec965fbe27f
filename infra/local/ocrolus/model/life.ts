import type {
  Book,
  BookClass,
  Document,
  DocumentStatus,
  Mixed,
  NewBook,
  NewDocument,
  Versioned,
} from './book.ts';
import type { Moment } from './events.ts';
import type { Model } from './model.ts';
import {
  isClassifying,
  renew,
  renewContent,
  renewSignals,
  setStatus,
  stopsAtClassification,
  touch,
} from './versions.ts';

/*
 * The life of a book, from its first upload to its end (docs/ocrolus.md#statuses). Each function changes the book and
 * returns the moments that Ocrolus announces, in their usual order.
 */

/** An empty book; Book list does not show it yet (`Registry.list`). */
export function makeBook(model: Model, spec: NewBook): Book {
  const createdAt = model.now();
  const never = (): Versioned => ({ revision: 0, changedAt: createdAt });
  const book: Book = {
    ...spec,
    createdAt,
    status: 'CREATED',
    vanishesAt: Number.POSITIVE_INFINITY,
    documents: [],
    mixed: [],
    businesses: [],
    requests: [],
    version: 1,
    changedAt: createdAt,
    listText: undefined,
    statusText: undefined,
    uploading: 0,
    working: 0,
    captured: 0,
    verifiedAt: 0,
    idleAt: 0,
    isClassified: false,
    isCompleted: false,
    classification: never(),
    statements: never(),
    paystubs: never(),
    signals: never(),
    // Every book has an answer, which may be empty.
    suspicious: { revision: 1, changedAt: createdAt },
    businessHistory: never(),
    analytics: { ...never(), isReady: false, rows: 0, documents: 0 },
    income: never(),
  };
  model.registry.addBook(book);
  return book;
}

/** A document that is known by its ids, and not in the book yet (`listDocument`). */
export function makeDocument(model: Model, book: Book, spec: NewDocument): Document {
  const now = model.now();
  const document: Document = {
    mixed: undefined,
    imageGroup: undefined,
    ...spec,
    book,
    status: 'QUEUED',
    documentClass: undefined,
    isListed: false,
    statusAt: now,
    revision: 0,
    changedAt: now,
    knownFrom: 0,
    resultsFrom: 0,
    detect: 'ABSENT',
    detectBefore: 'ABSENT',
    signals: { revision: 0, changedAt: now },
    original: { revision: 1, changedAt: now },
    statusText: undefined,
    signalsText: undefined,
  };
  spec.mixed?.parts.push(document);
  model.registry.addDocument(document);
  return document;
}

/**
 * A document is in the book, and in progress, from now on.
 *
 * @param isPending Detect's answers show it before Detect has started with it.
 */
export function listDocument(model: Model, document: Document, isPending = true): void {
  const { book, imageGroup } = document;
  document.isListed = true;
  book.documents.push(document);
  book.working += 1;
  if (imageGroup !== undefined) imageGroup.working += 1;
  if (isPending) document.detect = 'PENDING';
  setStatus(model, document, 'QUEUED');
}

/** Adds a PDF that Ocrolus will split; its parts may be listed before or after. */
export function listMixed(book: Book, mixed: Mixed): void {
  book.mixed.push(mixed);
  book.working += 1;
}

/** Call it after `listDocument` or `listMixed`. A verified book reopens. */
export function endUpload(model: Model, book: Book, what: Document | Mixed): Moment[] {
  // The commands upload without announcing it first.
  book.uploading = Math.max(0, book.uploading - 1);
  startWork(model, book, book.status === 'CREATED' || book.status === 'UPLOAD' ? 'UPLOAD' : 'VERIFYING');
  book.isClassified = false;
  return 'parts' in what
    ? [{ kind: 'mixed-uploaded', book, mixed: what }]
    : [{ kind: 'document-uploaded', book, document: what }];
}

/** Sets a book in progress: results computed from the whole book are no longer answered. */
export function startWork(model: Model, book: Book, status: 'UPLOAD' | 'VERIFYING'): void {
  book.status = status;
  book.analytics.isReady = false;
  book.isCompleted = false;
  touch(model, book);
}

export function splitMixed(model: Model, book: Book, mixed: Mixed, to: 'COMPLETED' | 'REJECTED'): Moment[] {
  endOne(model, book);
  mixed.status = to;
  return to === 'REJECTED' ? [{ kind: 'mixed-rejected', book, mixed }] : [];
}

/** @param to `CLASSIFIED` for a document that stops there. */
export function classifyDocument(model: Model, document: Document, to: DocumentStatus): Moment[] {
  const { book } = document;
  if (stopsAtClassification(document)) endOne(model, book);
  else if (isClassifying(book)) document.documentClass ??= 'INSTANT';
  setStatus(model, document, to);
  return [{ kind: 'document-classified', book, document }];
}

/** Call it after the documents are classified. */
export function classifyBook(model: Model, book: Book): Moment[] {
  if (book.status !== 'VERIFIED') book.status = 'VERIFYING';
  book.isClassified = true;
  renew(model, book.classification, book);
  touch(model, book);
  return [{ kind: 'book-classified', book }];
}

/** Captures a classified document after all. The book keeps its class; the caller sets the status of the document. */
export function upgradeDocument(model: Model, document: Document, to: BookClass): void {
  const { book } = document;
  document.documentClass = to;
  document.statusText = undefined;
  book.working += 1;
  startWork(model, book, 'VERIFYING');
}

/** Ends the capture of a document: sets its outcome, and its results. Call `endWork` next. */
export function capture(model: Model, document: Document): void {
  setStatus(model, document, document.outcome);
  renew(model, document, document.book);
}

/** A captured document is no longer in progress; nor is its image group, when it was the last one of it. */
export function endWork(model: Model, document: Document): Moment[] {
  const { book, imageGroup, status } = document;
  renewContent(model, document);
  endOne(model, book);
  const moments: Moment[] = [{ kind: 'document-ended', book, document }];
  if (imageGroup === undefined) return moments;
  imageGroup.working -= 1;
  imageGroup.isRejected ||= status === 'REJECTED';
  return imageGroup.working > 0 ? moments : [...moments, { kind: 'image-group-ended', book, imageGroup }];
}

function endOne(model: Model, book: Book): void {
  book.working -= 1;
  if (book.working === 0) book.idleAt = model.now();
}

/**
 * Ends the capture of a book.
 *
 * @returns no moments while an upload or a document is in progress, or if the book is verified already.
 */
export function verify(model: Model, book: Book): Moment[] {
  if (book.working > 0 || book.uploading > 0 || book.status === 'VERIFIED') return [];
  // Nothing is published on the status of a book of an ISO workflow: some are verified, others never.
  if (isClassifying(book) && (book.bookClass === 'INSTANT_CLASSIFY_ONLY' || book.hash % 2 === 1)) return [];
  book.status = 'VERIFIED';
  book.verifiedAt = model.now();
  book.isClassified = true;
  touch(model, book);
  return [{ kind: 'book-verified', book }];
}

/** Ocrolus announces no deletion. @param isListed whether the book goes on listing the document. */
export function removeDocument(
  model: Model,
  document: Document,
  to: 'DELETING' | 'DELETED',
  isListed = true,
): void {
  setStatus(model, document, to);
  if (!isListed) unlist(model, document);
  renewContent(model, document);
  renewSignals(model, document);
}

/** A deleted document disappears from Book status (docs/ocrolus.md#deleted-documents). */
export function unlist(model: Model, document: Document): void {
  const { book, status } = document;
  const { changedAt } = book;
  document.isListed = false;
  renewSignals(model, document);
  touch(model, book);
  // A deleted document had no results, so those of the book do not change.
  if (status === 'DELETED') book.changedAt = changedAt;
}

/** Ocrolus announces no deletion. */
export function deleteBook(model: Model, book: Book): void {
  for (const document of book.documents) setStatus(model, document, 'DELETED');
  for (const mixed of book.mixed) mixed.status = 'DELETED';
  book.status = 'DELETED';
  touch(model, book);
  model.registry.unlist(book);
}
