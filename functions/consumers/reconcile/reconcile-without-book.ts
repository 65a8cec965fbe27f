import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import { catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import { asFailure, Failure } from '../../../shared/failure.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';
import { deleteOpenItem, updateOpenItem } from '../../../shared/store/open-items.ts';
import { toFetched } from '../results/fetch.ts';
import { askForDocumentSignals, readBookUuid } from '../results/signals.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { Finished, RetrySoon } from '../runtime/finish-delivery.ts';
import type { Patience } from './answers.ts';

/**
 * A delivery that names no book. The signals of a document tell the book; until they are there, the result is kept
 * in the partition `account`, with a schedule of its own. Nothing can be asked for about other events.
 *
 * @param reconcile goes on once the book is known.
 * @throws Failure `retry` for what passes.
 */
export async function reconcileWithoutBook(
  context: DeliveryContext,
  patience: Patience,
  reconcile: (context: DeliveryContext, patience: Patience) => Promise<Finished | RetrySoon>,
): Promise<Finished | RetrySoon> {
  const { envelope, ids, dependencies } = context;
  const docUuid = ids.uploadedDocUuid ?? ids.docUuid;
  const name = findEventName(envelope.eventName);
  const isDetect = name !== undefined && catalogEntry(name).ends === 'document-detect';
  const isPolled = envelope.wants?.some(({ kind }) => kind === 'signals') === true;
  if (!(isDetect || isPolled) || docUuid === undefined) return { outcome: 'refused', reason: 'no-book-id' };
  const { table } = dependencies.ports;

  const reply = await askWithPatience(context, docUuid, patience);
  const bookUuid = reply.kind === 'ok' ? readBookUuid(reply.answer) : undefined;
  if (reply.kind === 'ok' && bookUuid !== undefined) {
    context.learnBookUuid(bookUuid);
    const finished = await reconcile(context, patience);
    const isDone = finished.outcome !== 'retry-soon' && finished.outcome !== 'stale';
    if (isDone) await deleteOpenItem(table, 'signals', docUuid);
    return finished;
  }
  if (reply.kind === 'not-yet' && patience.mayRetrySoon) return { outcome: 'retry-soon', reason: reply.code };
  const fetched =
    reply.kind === 'ok'
      ? ({ class: 'not-yet', code: 'no-book-id', askedAt: reply.answer.askedAt } as const)
      : toFetched(reply);
  if (fetched.class === 'stored' || fetched.class === 'suppressed') throw new Failure('broken', 'no-answer');
  const { covers } = context.batch;
  const opens = context.isPoll ? undefined : envelope.receivedAt;
  const account = fetched.class === 'refused' ? nextAccount(context) : context.account;
  const entry = await updateOpenItem(table, { account, kind: 'signals', subject: docUuid, ids }, (current) =>
    afterAnswer(current, 1, { ...fetched, covers, opens }, context.now, dependencies.times),
  );
  if (entry?.state === 'expired' || entry?.state === 'unavailable') {
    dependencies.metrics.count('ResultExpired', { kind: 'signals' });
    await deleteOpenItem(table, 'signals', docUuid);
  }
  return { outcome: 'waiting', reason: fetched.code };
}

/** The document may be another account's than the one that its event came through. */
function nextAccount({ account, dependencies }: DeliveryContext): string {
  const { names } = dependencies.accounts;
  return names[(names.indexOf(account) + 1) % names.length] ?? account;
}

/** A failure that lasts counts as a refusal, which is left to the poller. */
async function askWithPatience(
  context: DeliveryContext,
  docUuid: string,
  { handsOver }: Patience,
): Promise<Reply> {
  try {
    return await askForDocumentSignals(context, docUuid, context.ids.uploadedDocUuid === undefined);
  } catch (error) {
    const failure = asFailure(error);
    if (!handsOver(failure)) throw failure;
    return { kind: 'refused', code: failure.code, askedAt: new Date(context.now).toISOString() };
  }
}
