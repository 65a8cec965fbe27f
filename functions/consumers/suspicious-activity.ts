import { calls } from '../../shared/ocrolus/calls.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeResult } from './observe/store-result.ts';

/** Suspicious activity was found in the book: its flags. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  const answer = await observing.ask(calls.suspiciousActivityFlags(bookUuid));
  const result = { bookId: bookUuid, kind: 'suspicious-activity', subject: bookUuid } as const;
  return { outcome: await storeResult(observing, result, answer) };
};

export const handler = defineConsumer('suspicious-activity', observe);
