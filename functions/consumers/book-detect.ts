import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeBookSignals } from './observe/detect.ts';
import { withStrand } from './observe/strand.ts';

/** Detect is done with the book: the signals of all its documents. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  return withStrand(observing, bookUuid, 'detect', () => storeBookSignals(observing, bookUuid));
};

export const handler = defineConsumer('book-detect', observe);
