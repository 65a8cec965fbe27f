import type { Entry } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { goneFrom, isCapturable, isStoredAs } from '../../../shared/checklist/observation.ts';
import { openEntry } from '../../../shared/checklist/opening.ts';
import { isDueSoon } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { ObservedDocument } from '../../../shared/events/envelope.ts';
import { isEnded } from '../../../shared/events/statuses.ts';
import { inGroups } from '../../../shared/in-groups.ts';
import {
  type Document,
  type DocumentObservation,
  observeDocument,
  unlistDocument,
  updateDocument,
  WRITES_AT_ONCE,
  withAnswer,
  withDetect,
} from '../../../shared/store/documents.ts';
import { type AnsweredWant, asOf, isWaiting } from '../results/answers.ts';
import { askFor } from '../results/ask.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { AnnouncedEvent } from './event.ts';
import { noteNext, type ReconciliationWithObservation } from './reconciliation.ts';

/** Fetches the results of a document that are missing or announced again, and writes the document with its entries. */
export async function reconcileDocument(
  work: ReconciliationWithObservation,
  document: ObservedDocument,
): Promise<void> {
  const { context, event, book, observation, answers, patience } = work;
  const { bookUuid } = observation;
  const known = await context.document(bookUuid, document.docUuid);
  // What is stored may be newer than the observation: then it is the state of the document.
  const seen = observeDocument(known, documentObservation(work, document));
  const { version } = seen;
  const own: AnsweredWant[] = [];
  for (const kind of kindsToAsk(work, { ...document, status: seen.status })) {
    const entry = known?.entries[kind]?.version === version ? known.entries[kind] : undefined;
    if (!isToBeAsked(context, event, entry, version)) continue;
    const answer = await askFor(
      context,
      answers,
      {
        kind,
        subject: document.docUuid,
        version,
        bookUuid,
        generation: book.generation,
        entry,
        docUuid: otherUuid(work, document) ?? known?.otherUuid,
        docPk: document.docPk,
      },
      patience,
    );
    if (answer === undefined) continue;
    own.push(answer);
    if (entry === undefined && answer.answered.class === 'stored') work.documents.hasUnannounced = true;
  }
  await writeReconciled(work, document, known, own);
}

/** Another uuid of the document, given by the event. It belongs to the document that the event names, and to no other. */
function otherUuid(
  { context, event }: ReconciliationWithObservation,
  document: ObservedDocument,
): string | undefined {
  const { ids } = context;
  return event.documents === 'named' && ids.docUuid !== document.docUuid ? ids.docUuid : undefined;
}

function documentObservation(
  { observation, book }: ReconciliationWithObservation,
  document: ObservedDocument,
): DocumentObservation {
  const { bookUuid: bookId, observedAt } = observation;
  return { bookId, document, observedAt, generation: book.generation };
}

function kindsToAsk(
  { context, event, book }: ReconciliationWithObservation,
  document: ObservedDocument,
): ResultKind[] {
  const { policy } = context.dependencies;
  const isListed = event.documents === 'listed';
  return event.documentKinds.filter((kind) => {
    if (policyFor(policy, book.bookClass, kind) === 'never') return false;
    if (isListed && !event.listed.some((want) => want.kind === kind && want.subject === document.docUuid))
      return false;
    return kind === 'signals' || isCapturable(document);
  });
}

/**
 * The entry as a delivery opens it: an event asks for what it names unless that was asked for after the event; the
 * poller only for what is missing.
 */
export function entryFor(
  { opens, now }: DeliveryContext,
  { reopens }: Pick<AnnouncedEvent, 'reopens'>,
  entry: Entry | undefined,
  version: number,
): Entry | undefined {
  if (opens === undefined) return entry;
  return openEntry(entry, { version, receivedAt: opens, reopens }, now);
}

/**
 * Whether a delivery asks for a result. A message of the poller's round that is delivered again does not ask again for
 * results that were answered in the meantime.
 */
export function isToBeAsked(
  context: DeliveryContext,
  event: Pick<AnnouncedEvent, 'reopens'>,
  stored: Entry | undefined,
  version: number,
): boolean {
  const entry = entryFor(context, event, stored, version);
  if (!isWaiting(entry)) return false;
  const { urgent, sentAt } = context.envelope;
  const isOfRound = context.opens === undefined && urgent !== true && sentAt !== undefined;
  return !isOfRound || isDueSoon(entry, context.timing);
}

async function writeReconciled(
  work: ReconciliationWithObservation,
  document: ObservedDocument,
  known: Document | undefined,
  own: readonly AnsweredWant[],
): Promise<void> {
  const { context, book, observation, patience, documents } = work;
  // A result that is asked for again in some seconds is not written as missing yet.
  const answersToWrite = own.filter(
    ({ answered }) => !(patience.mayRetrySoon && answered.class === 'not-yet'),
  );
  // Nothing was asked for, and nothing is new: no write is needed.
  const isUnchanged = answersToWrite.length === 0 && isStoredAs(known, document);
  if (isUnchanged) {
    documents.written.push('unchanged');
    return;
  }
  const stored = await updateDocument(
    context.dependencies.ports.table,
    { bookId: observation.bookUuid, docUuid: document.docUuid },
    (current) => {
      let next = observeDocument(current, documentObservation(work, document));
      const other = otherUuid(work, document);
      if (other !== undefined) next = { ...next, otherUuid: other };
      for (const { want, version, answered, fetched } of answersToWrite) {
        // If the document is processed again in the meantime, the entry is void: it has the former version.
        next = withAnswer(next, { kind: want.kind, version }, answered, context.timing);
        const detect = fetched.documents?.find(({ docUuid }) => docUuid === document.docUuid);
        if (detect !== undefined) next = withDetect(next, { state: detect.state, at: asOf(answered) });
      }
      return next;
    },
    known ?? null,
  );
  if (stored === undefined) return;
  for (const [kind, entry] of Object.entries(stored.entries)) {
    if (entry.state === 'expired' && known?.entries[kind]?.state !== 'expired')
      countExpired(context, kind, entry);
  }
  documents.written.push(isStoredAs(known, document) ? 'unchanged' : 'applied');
  // The book was settled with another status, which the document may have again at the next poll.
  const wasSettled = known !== undefined && (isEnded(known.status) || book.settled !== undefined);
  if (wasSettled && known.status !== stored.status) documents.hasChanged = true;
  for (const { nextAt, version } of Object.values(stored.entries)) {
    if (nextAt === undefined || version !== stored.version) continue;
    noteNext(documents, nextAt);
  }
}

/** Writes the documents of an observation that differ from the stored ones, and marks those that are no longer listed. */
export async function writeChangedDocuments(
  { context, observation, book, documents: reconciled }: ReconciliationWithObservation,
  except: ReadonlySet<string>,
): Promise<void> {
  const { bookUuid, observedAt, documents } = observation;
  const { table } = context.dependencies.ports;
  const known = await context.documents(bookUuid);
  const isGone = goneFrom(observation);
  const changed = documents.filter(
    (document) => !except.has(document.docUuid) && !isStoredAs(known.get(document.docUuid), document),
  );
  const gone = [...known.values()].filter(
    (document) =>
      isGone(document.docUuid, document.status) && unlistDocument(document, observedAt) !== document,
  );
  await inGroups(changed, WRITES_AT_ONCE, (document) => {
    const observed = { bookId: bookUuid, document, observedAt, generation: book.generation };
    return updateDocument(
      table,
      { bookId: bookUuid, docUuid: document.docUuid },
      (current) => observeDocument(current, observed),
      known.get(document.docUuid) ?? null,
    );
  });
  await inGroups(gone, WRITES_AT_ONCE, (document) =>
    updateDocument(
      table,
      document,
      (current) => (current === undefined ? current : unlistDocument(current, observedAt)),
      document,
    ),
  );
  reconciled.written.push(changed.length + gone.length > 0 ? 'applied' : 'unchanged');
}

/** Reports a result that was refused for so long that it is no longer asked for. */
export function countExpired({ dependencies, log }: DeliveryContext, kind: string, entry: Entry): void {
  log.warn('result expired', { kind, code: entry.code });
  dependencies.metrics.count('ResultExpired', { kind });
}
