import { KINDS } from '../../shared/checklist/kinds.ts';
import type { Plan } from '../../shared/checklist/plan.ts';
import type { ResultKind } from '../../shared/events/catalog.ts';
import type { BookObservation, Envelope, Want } from '../../shared/events/envelope.ts';
import type { EventIds } from '../../shared/events/ids.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { toQueueText } from '../../shared/events/queue-message.ts';

/** A message that the poller wants sent. */
export type PollMessage = Pick<
  Envelope,
  'eventName' | 'channel' | 'ids' | 'wants' | 'canaries' | 'observation'
>;

/** Documents in one message: each takes two calls, and a failed message is processed again as a whole. */
const DOCUMENTS_PER_MESSAGE = 5;

/** Larger observations are left out, and the consumer asks, once per batch: every message of the book would carry them. */
const MAX_OBSERVATION_BYTES = 64 * 1024;

/**
 * The messages for what a plan asks for: the documents in small groups, the results of the book in one, and one for
 * statuses that are not stored yet.
 */
export function messagesFor(
  { asks, changed }: Pick<Plan, 'asks' | 'changed'>,
  observation: BookObservation,
  canaries: readonly ResultKind[],
): PollMessage[] {
  const { bookUuid, bookPk } = observation;
  const ids: EventIds = { bookUuid, ...(bookPk !== undefined && { bookPk }) };
  const carried = toQueueText(observation).length <= MAX_OBSERVATION_BYTES ? { observation } : {};
  const isOfDocument = ({ kind, subject }: Want) => KINDS[kind].scope === 'document' && subject !== bookUuid;
  const ofBook = asks.filter((want) => !isOfDocument(want));
  const byDocument = Map.groupBy(asks.filter(isOfDocument), ({ subject }) => subject);
  const messages: PollMessage[] = [];
  if (changed.some((docUuid) => !byDocument.has(docUuid))) {
    messages.push({ ...POLL_EVENTS.status, ids, ...carried });
  }
  const documents = [...byDocument.values()];
  for (let start = 0; start < documents.length; start += DOCUMENTS_PER_MESSAGE) {
    const group: Want[] = documents.slice(start, start + DOCUMENTS_PER_MESSAGE).flat();
    messages.push({
      ...POLL_EVENTS.documents,
      ids,
      wants: group,
      ...canariesOf(group, canaries),
      ...carried,
    });
  }
  if (ofBook.length > 0) {
    messages.push({ ...POLL_EVENTS.results, ids, wants: ofBook, ...canariesOf(ofBook, canaries) });
  }
  return messages;
}

function canariesOf(wants: readonly Want[], canaries: readonly ResultKind[]) {
  const own = canaries.filter((kind) => wants.some((want) => want.kind === kind));
  return own.length > 0 ? { canaries: own } : {};
}
