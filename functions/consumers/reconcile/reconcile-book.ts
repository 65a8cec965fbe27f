import { entryName } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import type { Book } from '../../../shared/store/books.ts';
import { type AnsweredWant, Answers, type Patience } from '../results/answers.ts';
import { askFor } from '../results/ask.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { Finished, RetrySoon } from '../runtime/finish-delivery.ts';
import type { AnnouncedEvent } from './event.ts';
import { documentsOf, findDocument } from './find-documents.ts';
import { openDocuments } from './open-announced.ts';
import { unreadiness } from './readiness.ts';
import { reconcileBookSignals } from './reconcile-book-signals.ts';
import { entryFor, isToBeAsked, reconcileDocument, writeChangedDocuments } from './reconcile-documents.ts';
import { reconcileNamedSignals } from './reconcile-named-signals.ts';
import type { DocumentsReconciled, Reconciliation, ReconciliationWithObservation } from './reconciliation.ts';
import { recordRefusedBook, writeOutcome } from './write-outcome.ts';

/**
 * How many documents are fetched along with their book. The events of the documents themselves, or the poller, bring
 * the others: a book of 2,000 must not be fetched by two consumers at once (docs/decisions/0008).
 */
const DOCUMENTS_AT_ONCE = 20;

/** What a delivery is about, now that its book is known. */
export interface KnownBook {
  readonly event: AnnouncedEvent;
  readonly book: Book;
  /** What Book status said, where it was needed. */
  readonly observation: BookObservation | undefined;
  /** Whether Book status showed another status, or other documents, than what was stored. */
  readonly hasMoved: boolean;
}

/**
 * Asks for what an event is about, now that its book is known, and writes the outcome: documents first, then the book.
 *
 * @throws Failure `retry` for a passing fault, once everything else is written.
 */
export async function reconcileBook(
  context: DeliveryContext,
  { event, book, observation, hasMoved }: KnownBook,
  patience: Patience,
): Promise<Finished | RetrySoon> {
  const answers = new Answers();
  const documents: DocumentsReconciled = {
    written: hasMoved ? ['applied'] : [],
    nextAt: undefined,
    hasChanged: false,
    hasUnannounced: false,
  };
  let work: Reconciliation = { context, event, book, observation, patience, answers, documents };
  let details: string | undefined;
  let isUnready: string | undefined;
  if (event.documentKinds.includes('signals') && event.documents === 'named') {
    const named = await reconcileNamedSignals(work);
    if (named.isUnnamed) return unknownDocument(work);
    work = { ...work, observation: named.observation ?? observation };
  } else if (hasObservation(work)) {
    await reconcileListed(work);
    isUnready = unreadiness(work);
    details = findDocument(work.observation, context.ids)?.rejectionReason;
  }
  await reconcileBookWants(work);

  const isSoonAgain = patience.mayRetrySoon && (answers.open.some(isNotYet) || isUnready !== undefined);
  // Without quick retries there is no second receive, which would have recorded this.
  const isLastTry = isUnready !== undefined && !isSoonAgain && context.attempts === 1;
  await writeOutcome(work, {
    announced: isLastTry ? await openDocuments(context, event, book) : undefined,
    isSoonAgain,
    isUnready: isUnready !== undefined,
  });
  if (answers.failure !== undefined) throw answers.failure;
  if (isSoonAgain) return { outcome: 'retry-soon', reason: answers.codes[0] ?? isUnready ?? 'not-yet' };
  return summarize(work, isUnready, details);
}

function hasObservation(work: Reconciliation): work is ReconciliationWithObservation {
  return work.observation !== undefined;
}

/**
 * The document is known by its pk only, and Book status does not list it: retried soon, then left to the poller with the
 * entries that the event opens.
 */
async function unknownDocument({
  context,
  event,
  book,
  patience,
}: Reconciliation): Promise<Finished | RetrySoon> {
  if (context.ids.uploadedDocPk === undefined) return { outcome: 'refused', reason: 'no-document-id' };
  const reason = 'document-not-listed';
  if (patience.mayRetrySoon) return { outcome: 'retry-soon', reason };
  await recordRefusedBook(context, event, book);
  return { outcome: 'waiting', reason };
}

function isNotYet({ answered }: AnsweredWant): boolean {
  return answered.class === 'not-yet';
}

/** The documents of which the event announces results, and for an event of the book the changes of all others. */
async function reconcileListed(work: ReconciliationWithObservation): Promise<void> {
  const documents = await documentsToReconcile(work);
  for (const document of documents) await reconcileDocument(work, document);
  if (!work.event.isAboutBook) return;
  await writeChangedDocuments(work, new Set(documents.map(({ docUuid }) => docUuid)));
}

async function documentsToReconcile(
  work: ReconciliationWithObservation,
): Promise<readonly ObservedDocument[]> {
  const { context, event, observation } = work;
  const documents = documentsOf(event, observation, context.ids);
  if (event.documents !== 'missing') return documents;
  const known = await context.documents(observation.bookUuid);
  const missing = documents.filter((document) => {
    const stored = known.get(document.docUuid);
    const isCurrent = stored?.status === document.status;
    return event.documentKinds.some((kind) => {
      const entry =
        isCurrent && stored.entries[kind]?.version === stored.version ? stored.entries[kind] : undefined;
      return isToBeAsked(context, event, entry, stored?.version ?? 1);
    });
  });
  const { policy } = context.dependencies;
  const { bookClass } = observation;
  const isPolled = event.documentKinds.every((kind) => policyFor(policy, bookClass, kind) !== 'announced');
  return isPolled ? missing.slice(0, DOCUMENTS_AT_ONCE) : missing;
}

/** Results of the book as a whole. */
async function reconcileBookWants({
  context,
  event,
  book,
  observation,
  answers,
  patience,
}: Reconciliation): Promise<void> {
  const { policy } = context.dependencies;
  for (const want of event.wants) {
    if (policyFor(policy, book.bookClass, want.kind) === 'never') continue;
    const stored = book.entries[entryName(want, book.bookId)];
    const current = stored?.version === book.generation ? stored : undefined;
    const entry = entryFor(context, event, current, book.generation);
    // Once: the answer to a repetition would count as another refusal of the entry.
    const isCanary = !context.isRepeated && context.envelope.canaries?.includes(want.kind) === true;
    if (!isCanary && !isToBeAsked(context, event, current, book.generation)) continue;
    // The documents as they were before asking: their versions go with the answer.
    const known = want.kind === 'signals' ? await context.documents(book.bookId) : undefined;
    const answer = await askFor(
      context,
      answers,
      {
        ...want,
        version: book.generation,
        bookUuid: book.bookId,
        generation: book.generation,
        entry,
        book,
        isAnnounced: !context.isPoll && !event.completesBook,
      },
      patience,
    );
    if (answer === undefined || known === undefined) continue;
    answers.replace(answer, await reconcileBookSignals(context, { book, observation }, answer, known));
  }
}

function summarize(
  { context, answers, documents }: Reconciliation,
  isUnready: string | undefined,
  details: string | undefined,
): Finished {
  const written = [...answers.written, ...documents.written];
  const reason = answers.codes.length > 0 ? answers.codes.join(' ') : isUnready;
  const common = { ...(reason !== undefined && { reason }), ...(details !== undefined && { details }) };
  if (answers.open.length > 0 || isUnready !== undefined) return { outcome: 'waiting', ...common };
  const isApplied = written.includes('applied');
  const isRecovered = context.isPoll && documents.hasUnannounced;
  if (isApplied) return { outcome: 'applied', isRecovered, ...common };
  return { outcome: written.includes('stale') ? 'stale' : 'unchanged', ...common };
}
