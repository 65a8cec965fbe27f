import * as announce from './announce.ts';
import type { Book } from './book.ts';
import { after, type ModelContext } from './model-context.ts';
import { MINUTE } from './random.ts';

/** Once a turn, when Detect has finished a verified book. */
export function bookDetected(context: ModelContext, book: Book): void {
  if (book.detecting > 0 || book.status !== 'VERIFIED' || book.detectedTurn === book.turn) return;
  book.detectedTurn = book.turn;
  if (book.documents.some(({ detect }) => detect !== 'ABSENT')) announce.bookDetected(context, book);
  completeWhenDone(context, book);
}

/** Once a turn; one book in ten never says so. */
export function completeWhenDone(context: ModelContext, book: Book): void {
  const { turn, analytics, detecting, income, status } = book;
  if (status !== 'VERIFIED' || book.completedTurn >= turn || !analytics.ready || detecting > 0) return;
  if (income.expected && income.revision === 0) return;
  book.completedTurn = turn;
  if (book.hash % 10 === 0) return;
  const tasks = ['ANALYTICS', 'CAPTURE'];
  if (!book.account.disabled.has('signals')) tasks.push('DETECT');
  if (income.revision > 0) tasks.push('INCOME');
  after(context, book, book.random.int(MINUTE), () => {
    if (book.turn === turn && book.status === 'VERIFIED') announce.bookCompleted(context, book, tasks);
  });
}
