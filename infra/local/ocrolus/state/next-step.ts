import { type Book, isFinished } from './book.ts';
import * as lifecycle from './lifecycle.ts';
import type { Moment } from './moments.ts';

/** What happens to a book on its usual way, in this order (docs/ocrolus.md#event-order). */
export type StepName =
  | 'classify-book'
  | 'verify-document'
  | 'verify-book'
  | 'complete-analytics'
  | 'run-detect'
  | 'complete-book';

export interface Step {
  readonly name: StepName;
  /** Changes the book. */
  take(): Moment[];
}

/** The next step of a book on its usual way. @returns `undefined` when nothing is left to happen. */
export function nextStep(book: Book): Step | undefined {
  if (book.status === 'DELETED' || book.documents.length === 0) return undefined;
  if (!book.classified) return { name: 'classify-book', take: () => lifecycle.classifyBook(book) };
  if (book.bookClass === 'INSTANT_CLASSIFY_ONLY') return undefined;
  const unfinished = book.documents.find((document) => !isFinished(document));
  if (unfinished !== undefined)
    return { name: 'verify-document', take: () => lifecycle.verifyDocument(book, unfinished) };
  if (book.status !== 'VERIFIED') return { name: 'verify-book', take: () => lifecycle.verifyBook(book) };
  if (!book.analyticsReady)
    return { name: 'complete-analytics', take: () => lifecycle.completeAnalytics(book) };
  const undetected = book.documents.find(({ detect }) => detect === 'pending');
  if (undetected !== undefined) {
    const { detectOutcome } = undetected;
    return { name: 'run-detect', take: () => lifecycle.runDetect(book, undetected, detectOutcome) };
  }
  return book.completed ? undefined : { name: 'complete-book', take: () => lifecycle.completeBook(book) };
}
