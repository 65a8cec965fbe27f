import { calls } from '../../../shared/ocrolus/calls.ts';
import { combine, type Fetch, store, toFetched } from './fetch.ts';

/** The income calculations of a book under its uuid, and their summary under `<uuid>@summary`. */
export const fetchIncome: Fetch = async (context, target) => {
  const { bookUuid } = target;
  const { INCOME_GUIDELINE: guideline } = context.dependencies.settings;
  const calculations = await context.fetch(bookUuid, calls.incomeCalculations(bookUuid, guideline));
  const first =
    calculations.kind === 'ok' ? await store(context, target, calculations.answer) : toFetched(calculations);
  const summary = await context.fetch(bookUuid, calls.incomeSummary(bookUuid, guideline));
  const second =
    summary.kind === 'ok'
      ? await store(context, { ...target, subject: `${bookUuid}@summary` }, summary.answer)
      : toFetched(summary);
  return combine([first, second]);
};
