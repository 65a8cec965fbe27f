import { calls } from '../../shared/ocrolus/calls.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { refresh } from './observe/refresh.ts';
import { storeResult } from './observe/store-result.ts';
import { each } from './outcome.ts';

/** A document, or every document of the book, is classified: the classification summary of the book. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  return each([
    async () => (await refresh(observing)).outcome,
    async () => {
      const answer = await observing.ask(calls.classificationSummary(bookUuid));
      return storeResult(observing, { bookId: bookUuid, kind: 'classification', subject: bookUuid }, answer);
    },
  ]);
};

export const handler = defineConsumer('classification', observe);
