import { calls } from '../../../shared/ocrolus/calls.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';
import { type Fetch, fetchOne, store, toFetched } from './fetch.ts';
import type { ResultAnswer } from './outline.ts';

/** "Document not found" (docs/ocrolus.md#error-codes). */
const NOT_FOUND = '1501';

/**
 * The forms of a document: by its other uuid first, where an event gave one, then by the uuid of the upload. Which of
 * them Ocrolus takes is not certain, and no list tells the other one: where it knows neither, by the pk
 * (docs/decisions/0022).
 */
export const fetchForms: Fetch = async (context, target) => {
  const { bookUuid, subject, docUuid, docPk } = target;
  let reply: Reply<ResultAnswer['body']> | undefined;
  for (const uuid of new Set([docUuid ?? subject, subject])) {
    reply = await context.fetch(bookUuid, calls.documentForms(uuid));
    if (reply.kind === 'ok' || reply.kind === 'not-yet') break;
  }
  if (reply === undefined) throw new Error('no call to make');
  if (reply.kind === 'refused' && reply.code === NOT_FOUND && docPk !== undefined) {
    const byPk = await context.fetch(bookUuid, calls.documentFormsByPk(docPk));
    // A product that is not served is refused by the code of that, whatever the document.
    const saysMore = byPk.kind === 'refused' ? byPk.code !== NOT_FOUND : byPk.kind !== 'rejected';
    if (saysMore) reply = byPk;
  }
  return reply.kind === 'ok' ? store(context, target, 'forms', reply.answer) : toFetched(reply);
};

export const fetchTransactions: Fetch = fetchOne('transactions', ({ bookUuid, subject }) =>
  calls.documentTransactions(bookUuid, subject),
);
