import type { Entry } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { goneFrom, isCapturable, isStoredAs } from '../../../shared/checklist/observation.ts';
import { openEntry } from '../../../shared/checklist/opening.ts';
import { isDueSoon } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import { isEnded } from '../../../shared/events/statuses.ts';
import { inGroups } from '../../../shared/in-groups.ts';
import type { Book, WriteOutcome } from '../../../shared/store/books.ts';
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
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { type AnsweredWant, type Answers, askFor, isWaiting, type Patience, toldAt } from './answers.ts';
import type { AnnouncedEvent } from './event.ts';

/** What came of the documents of a delivery. */
export interface DocumentsReconciled {
  readonly written: WriteOutcome[];
  /** When the first of what is still missing is asked for again, in Unix milliseconds. */
  nextAt: number | undefined;
  /** A stored document is not any more as the book was settled with. */
  hasChanged: boolean;
  /** Results were stored for which there was no entry: no webhook announced them. */
  hasUnannounced: boolean;
}

export interface DocumentsOf {
  readonly event: AnnouncedEvent;
  readonly book: Book;
  readonly observation: BookObservation;
}

/** Fetches what is missing of a document, or announced again, and writes the document with its entries. */
export async function reconcileDocument(
  context: DeliveryContext,
  of: DocumentsOf,
  document: ObservedDocument,
  answers: Answers,
  patience: Patience,
  reconciled: DocumentsReconciled,
): Promise<void> {
  const { bookUuid } = of.observation;
  const known = await context.document(bookUuid, document.docUuid);
  // What is stored may be newer than the observation: then that is what the document is.
  const seen = observeDocument(known, documentObservation(of, document));
  const { version } = seen;
  const own: AnsweredWant[] = [];
  for (const kind of kindsToAsk(context, of, { ...document, status: seen.status })) {
    const entry = known?.entries[kind]?.version === version ? known.entries[kind] : undefined;
    if (!isToBeAsked(context, of.event, entry, version)) continue;
    const answer = await askFor(
      context,
      answers,
      {
        kind,
        subject: document.docUuid,
        version,
        bookUuid,
        generation: of.book.generation,
        entry,
        docUuid: otherUuid(context, of, document) ?? known?.otherUuid,
        docPk: document.docPk,
      },
      patience,
    );
    if (answer === undefined) continue;
    own.push(answer);
    if (entry === undefined && answer.answered.class === 'stored') reconciled.hasUnannounced = true;
  }
  await writeReconciled(context, of, document, known, own, patience, reconciled);
}

/** Another uuid of the document, which an event gives. It belongs to the document that the event names, and to no other. */
function otherUuid(
  { ids }: DeliveryContext,
  { event }: DocumentsOf,
  document: ObservedDocument,
): string | undefined {
  return event.documents === 'named' && ids.docUuid !== document.docUuid ? ids.docUuid : undefined;
}

function documentObservation(
  { observation, book }: DocumentsOf,
  document: ObservedDocument,
): DocumentObservation {
  const { bookUuid: bookId, observedAt } = observation;
  return { bookId, document, observedAt, generation: book.generation };
}

function kindsToAsk(
  { dependencies }: DeliveryContext,
  { event, book }: DocumentsOf,
  document: ObservedDocument,
): ResultKind[] {
  const isListed = event.documents === 'listed';
  return event.documentKinds.filter((kind) => {
    if (policyFor(dependencies.policy, book.bookClass, kind) === 'never') return false;
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
 * what was answered in the meantime.
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
  return !isOfRound || isDueSoon(entry, context.now, context.dependencies.times);
}

async function writeReconciled(
  context: DeliveryContext,
  of: DocumentsOf,
  document: ObservedDocument,
  known: Document | undefined,
  own: readonly AnsweredWant[],
  patience: Patience,
  reconciled: DocumentsReconciled,
): Promise<void> {
  const { bookUuid } = of.observation;
  const { times, ports } = context.dependencies;
  // What is asked for again in some seconds is not written as missing yet.
  const answersToWrite = own.filter(
    ({ answered }) => !(patience.mayRetrySoon && answered.class === 'not-yet'),
  );
  // Nothing was asked for, and nothing is new: not worth a write.
  const isUnchanged = answersToWrite.length === 0 && isStoredAs(known, document);
  if (isUnchanged) {
    reconciled.written.push('unchanged');
    return;
  }
  const { now } = context;
  const stored = await updateDocument(
    ports.table,
    bookUuid,
    document.docUuid,
    (current) => {
      let next = observeDocument(current, documentObservation(of, document));
      const other = otherUuid(context, of, document);
      if (other !== undefined) next = { ...next, otherUuid: other };
      for (const { want, version, answered, fetched } of answersToWrite) {
        // Where the document has returned to work in the meantime, the entry is void: it has the version before.
        next = withAnswer(next, { kind: want.kind, version }, answered, { now, times });
        const detect = fetched.documents?.find(({ docUuid }) => docUuid === document.docUuid);
        if (detect !== undefined) next = withDetect(next, { state: detect.state, at: toldAt(answered) });
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
  reconciled.written.push(isStoredAs(known, document) ? 'unchanged' : 'applied');
  // The book was settled with another status, which it may have again when it is polled.
  const wasSettled = known !== undefined && (isEnded(known.status) || of.book.settled !== undefined);
  if (wasSettled && known.status !== stored.status) reconciled.hasChanged = true;
  for (const { nextAt, version } of Object.values(stored.entries)) {
    if (nextAt === undefined || version !== stored.version) continue;
    reconciled.nextAt = Math.min(reconciled.nextAt ?? Number.POSITIVE_INFINITY, Date.parse(nextAt));
  }
}

/** Writes those documents of an observation that are not stored like this yet, and marks those that are gone. */
export async function writeChangedDocuments(
  context: DeliveryContext,
  { observation, book }: DocumentsOf,
  except: ReadonlySet<string>,
  reconciled: DocumentsReconciled,
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
      bookUuid,
      document.docUuid,
      (current) => observeDocument(current, observed),
      known.get(document.docUuid) ?? null,
    );
  });
  await inGroups(gone, WRITES_AT_ONCE, (document) =>
    updateDocument(
      table,
      bookUuid,
      document.docUuid,
      (current) => (current === undefined ? current : unlistDocument(current, observedAt)),
      document,
    ),
  );
  reconciled.written.push(changed.length + gone.length > 0 ? 'applied' : 'unchanged');
}

/** A result was refused for so long that it is not asked for any more. */
export function countExpired({ dependencies, log }: DeliveryContext, kind: string, entry: Entry): void {
  log.warn('result expired', { kind, code: entry.code });
  dependencies.metrics.count('ResultExpired', { kind });
}
