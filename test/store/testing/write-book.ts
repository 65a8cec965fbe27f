import type { BookObservation } from '../../../shared/events/envelope.ts';
import { type Book, observeBook } from '../../../shared/store/books.ts';
import { second, TIMES, WRITER } from './observations.ts';

export const at = (n: number) => Date.parse(second(n));

export const observed = (book: Book | undefined, seen: BookObservation, now = 0) =>
  observeBook(book, seen, { ...WRITER, now: at(now) }, TIMES);
