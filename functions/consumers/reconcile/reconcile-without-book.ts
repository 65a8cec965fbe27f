import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import { catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import { asFailure } from '../../../shared/failure.ts';
import { nextAccount } from '../../../shared/ocrolus/accounts.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';
import { openItem } from '../../../shared/store/keys.ts';
import { deleteOpenItem, readOpenItem, updateOpenItem } from '../../../shared/store/polling/open-items.ts';
import type { Table } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';
import type { Patience } from '../results/answers.ts';
import { mayAsk } from '../results/ask.ts';
import { type Fetched, toFetched } from '../results/fetch.ts';
import type { ResultReply } from '../results/outline.ts';
import { askForDocumentSignals, readBookUuid } from '../results/signals.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { Finished, RetrySoon } from '../runtime/finish-delivery.ts';

/**
 * Reconciles a delivery that names no book. The signals of a document name the book; until they are there, the result is
 * kept in the partition `account`, with its own schedule. Nothing can be asked for about other events.
 *
 * @param reconcile continues once the book is known.
 * @throws Failure `retry` for a passing fault.
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

  const isAllowed = await mayAsk(context, 'signals', true);
  const reply = isAllowed ? await askWithPatience(context, docUuid, patience) : undefined;
  const bookUuid = reply?.kind === 'ok' ? readBookUuid(reply.answer) : undefined;
  if (reply?.kind === 'ok' && bookUuid !== undefined) {
    await dependencies.circuits.answered(context.account, 'signals');
    context.learnBookUuid(bookUuid);
    if (context.isPoll) context.opensFor(await eventOf(table, docUuid));
    const finished = await reconcile(context, patience);
    const isDone = finished.outcome !== 'retry-soon' && finished.outcome !== 'stale';
    if (isDone) await deleteOpenItem(table, 'signals', docUuid);
    return finished;
  }
  if (reply?.kind === 'not-yet' && patience.mayRetrySoon)
    return { outcome: 'retry-soon', reason: reply.code };
  const fetched = withoutBookUuid(reply, context);
  const { covers } = context.batch;
  const { opens } = context;
  const isAsked = fetched.class === 'not-yet' || fetched.class === 'permanent';
  // The document may belong to another account than the one that its event came through.
  const account = isAsked ? context.account : nextAccount(dependencies.accounts, context.account);
  const entry = await updateOpenItem(table, { account, kind: 'signals', subject: docUuid, ids }, (current) =>
    afterAnswer(current, 1, { ...fetched, covers, opens }, context.timing),
  );
  if (entry?.state === 'expired' || entry?.state === 'unavailable') {
    dependencies.metrics.count('ResultExpired', { kind: 'signals' });
    await deleteOpenItem(table, 'signals', docUuid);
  }
  return { outcome: 'waiting', reason: 'code' in fetched ? fetched.code : 'circuit-open' };
}

/** The event that the poller has kept: its signals may be newer than the stored ones. */
async function eventOf(table: Table, docUuid: string): Promise<string | undefined> {
  const open = await readOpenItem(table, openItem('signals', docUuid));
  return open?.entry.openedAt ?? open?.entry.since;
}

/** What a reply that does not name the book means for the entry. */
function withoutBookUuid(reply: Reply<unknown> | undefined, { now }: DeliveryContext): Fetched {
  if (reply === undefined) return { class: 'suppressed', askedAt: iso(now) };
  if (reply.kind !== 'ok') return toFetched(reply);
  return { class: 'not-yet', code: 'no-book-id', askedAt: reply.answer.askedAt };
}

/** A lasting failure counts as a refusal, which is left to the poller. */
async function askWithPatience(
  context: DeliveryContext,
  docUuid: string,
  { handsOver }: Patience,
): Promise<ResultReply> {
  try {
    return await askForDocumentSignals(context, docUuid, context.ids.uploadedDocUuid === undefined);
  } catch (error) {
    const failure = asFailure(error);
    if (!handsOver(failure)) throw failure;
    return { kind: 'refused', code: failure.code, askedAt: iso(context.now) };
  }
}
