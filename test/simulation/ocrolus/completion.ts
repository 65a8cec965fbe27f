import * as announce from './announce.ts';
import type { Book } from './book.ts';
import { MINUTE } from './random.ts';
import { after, type World } from './world.ts';

/** Once a turn, when Detect has finished a verified book. */
export function bookDetected(world: World, book: Book): void {
  if (book.detecting > 0 || book.status !== 'VERIFIED' || book.detectedTurn === book.turn) return;
  book.detectedTurn = book.turn;
  if (book.documents.some(({ detect }) => detect !== 'ABSENT')) announce.bookDetected(world, book);
  completeWhenDone(world, book);
}

/** Once a turn; one book in ten never says so. */
export function completeWhenDone(world: World, book: Book): void {
  const { turn, analytics, detecting, income, status } = book;
  if (status !== 'VERIFIED' || book.completedTurn >= turn || !analytics.ready || detecting > 0) return;
  if (income.expected && income.revision === 0) return;
  book.completedTurn = turn;
  if (book.hash % 10 === 0) return;
  const tasks = ['ANALYTICS', 'CAPTURE'];
  if (!book.account.disabled.has('signals')) tasks.push('DETECT');
  if (income.revision > 0) tasks.push('INCOME');
  after(world, book, book.random.int(MINUTE), () => {
    if (book.turn === turn && book.status === 'VERIFIED') announce.bookCompleted(world, book, tasks);
  });
}
