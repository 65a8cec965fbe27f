import { calls } from '../../ocrolus/calls.ts';
import { combine, type Fetch, store, toFetched } from './fetch.ts';

/** Stores the income calculations of a book under its uuid, and their summary under `<uuid>@summary`. */
export const fetchIncome: Fetch = async (context, target) => {
  const { bookId } = context;
  const { INCOME_GUIDELINE: guideline } = context.dependencies.settings;
  const calculations = await context.fetch(calls.incomeCalculations(bookId, guideline));
  const first =
    calculations.kind === 'ok'
      ? await store(context, target, calculations.answer)
      : toFetched(target, calculations);
  const summary = await context.fetch(calls.incomeSummary(bookId, guideline));
  const second =
    summary.kind === 'ok'
      ? await store(context, { ...target, subject: `${bookId}@summary` }, summary.answer)
      : toFetched(target, summary);
  return combine([first, second]);
};
