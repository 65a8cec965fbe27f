import { calls } from '../../../shared/ocrolus/calls.ts';
import { type Fetch, fetchOne, store, toFetched } from './fetch.ts';

/** The forms of a document, by the uuid of the upload or, where an event gave one, its other uuid first. */
export const fetchForms: Fetch = async (context, target) => {
  const candidates = [...new Set([target.docUuid ?? target.subject, target.subject])];
  const first = await context.ask(calls.documentForms(candidates[0] ?? target.subject));
  const [, second] = candidates;
  const reply =
    first.kind === 'ok' || first.kind === 'not-yet' || second === undefined
      ? first
      : await context.ask(calls.documentForms(second));
  return reply.kind === 'ok' ? store(context, target, 'forms', reply.answer) : toFetched(reply);
};

export const fetchTransactions: Fetch = fetchOne('transactions', ({ bookUuid, subject }) =>
  calls.documentTransactions(bookUuid, subject),
);
