import { type Book, isFinished } from './book.ts';
import * as lifecycle from './lifecycle.ts';
import type { Moment } from './moments.ts';

/**
 * Takes the book one step further on its usual way: classification, each document, the book, analytics,
 * Detect of each document, completion (docs/ocrolus.md#event-order).
 *
 * @returns `undefined` when nothing is left to happen.
 */
export function nextStep(book: Book): Moment[] | undefined {
  const isClassifyOnly = book.bookClass === 'INSTANT_CLASSIFY_ONLY';
  if (book.status === 'DELETED' || book.documents.length === 0) return undefined;
  if (!book.classified) return lifecycle.classifyBook(book);
  if (isClassifyOnly) return undefined;
  const unfinished = book.documents.find((document) => !isFinished(document));
  if (unfinished !== undefined) return lifecycle.verifyDocument(book, unfinished);
  if (book.status !== 'VERIFIED') return lifecycle.verifyBook(book);
  if (!book.analyticsReady) return lifecycle.completeAnalytics(book);
  const undetected = book.documents.find(({ detect }) => detect === 'pending');
  if (undetected !== undefined) return lifecycle.runDetect(book, undetected, undetected.detectOutcome);
  return book.completed ? undefined : lifecycle.completeBook(book);
}
