import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeIncome } from './observe/income.ts';
import { withStrand } from './observe/strand.ts';

/** Income was calculated, or edited later. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  return withStrand(observing, bookUuid, 'income', () => storeIncome(observing, bookUuid));
};

export const handler = defineConsumer('income', observe);
