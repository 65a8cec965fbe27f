import { calls } from '../../ocrolus/calls.ts';
import { askInTurn, type Fetch, store, toFetched } from './fetch.ts';

/** "Document not found" (docs/ocrolus.md#error-codes). */
const NOT_FOUND = '1501';

/**
 * Fetches the forms of a document: first by its second uuid, if an event gave one, then by the uuid of the upload. It
 * is not certain which of them Ocrolus accepts, and Book status shows only one. If it knows neither, the pk is used
 * (docs/decisions/0008).
 */
export const fetchForms: Fetch = async (context, target) => {
  const { subject, docUuid, docPk } = target;
  const others = docUuid === undefined || docUuid === subject ? [] : [calls.documentForms(subject)];
  let reply = await askInTurn(context, [calls.documentForms(docUuid ?? subject), ...others]);
  if (reply.kind === 'refused' && reply.code === NOT_FOUND && docPk !== undefined) {
    const byPk = await context.fetch(calls.documentFormsByPk(docPk));
    // A product that is not served is refused with its own code, for any document.
    const saysMore = byPk.kind === 'refused' ? byPk.code !== NOT_FOUND : byPk.kind !== 'rejected';
    if (saysMore) reply = byPk;
  }
  return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(target, reply);
};
