import { calls } from '../../../shared/ocrolus/calls.ts';
import type { Observing } from '../observing.ts';
import { each, type Observed } from '../outcome.ts';
import { storeResult } from './store-result.ts';

/** The income calculations of a book under its uuid, and their summary under `<uuid>@summary`. @throws Failure */
export function storeIncome(observing: Observing, bookUuid: string): Promise<Observed> {
  const result = { bookId: bookUuid, kind: 'income' } as const;
  return each([
    async () => {
      const answer = await observing.ask(calls.incomeCalculations(bookUuid));
      return storeResult(observing, { ...result, subject: bookUuid }, answer);
    },
    async () => {
      const answer = await observing.ask(calls.incomeSummary(bookUuid));
      return storeResult(observing, { ...result, subject: `${bookUuid}@summary` }, answer);
    },
  ]);
}
