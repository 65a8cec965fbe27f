import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeAnalytics } from './observe/analytics.ts';
import { withStrand } from './observe/strand.ts';

/** Version 2 analytics are ready, or were compared with Plaid's. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  return withStrand(observing, bookUuid, 'analytics', () => storeAnalytics(observing, bookUuid));
};

export const handler = defineConsumer('book-analytics', observe);
