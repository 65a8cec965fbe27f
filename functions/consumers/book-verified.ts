import { Failure } from '../../shared/failure.ts';
import { BOOK_VERIFIED, DELETED } from '../../shared/ocrolus/statuses.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { writeObservedBook } from './observe/book.ts';
import { captureBook } from './observe/capture-book.ts';

/** Every document of the book is verified or rejected: the book, its documents, and what was read from them. */
export const observe: Observe = async (observing) => {
  const observation = await observing.bookStatus();
  if (observation.status === BOOK_VERIFIED) return captureBook(observing, observation);
  const { outcome } = await writeObservedBook(observing, observation);
  if (observation.status === DELETED) return { outcome };
  throw new Failure('later', 'book-not-verified');
};

export const handler = defineConsumer('book-verified', observe);
