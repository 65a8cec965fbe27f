import { entryName } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { isCapturable, isCaptureEnded } from '../../../shared/checklist/observation.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { isEnded, UNLISTED } from '../../../shared/events/statuses.ts';
import { asFailure } from '../../../shared/failure.ts';
import { recordReturns } from '../../../shared/reconcile/record-returns.ts';
import type { Book } from '../../../shared/store/books.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { Finished, RetrySoon } from '../runtime/finish-delivery.ts';
import { Answers, askFor, type Patience } from './answers.ts';
import type { AnnouncedEvent } from './event.ts';
import { documentsOf, findDocument } from './find-documents.ts';
import { openDocuments } from './open-announced.ts';
import {
  type DocumentsReconciled,
  entryFor,
  isToBeAsked,
  reconcileDocument,
  writeChangedDocuments,
} from './reconcile-documents.ts';
import { reconcileBookSignals, reconcileNamedSignals } from './reconcile-signals.ts';
import { recordRefusedBook, writeOutcome } from './write-outcome.ts';

/**
 * How many documents are fetched along with their book. The events of the documents themselves, or the poller, bring
 * the others: a book of 2,000 must not be fetched by two consumers at once (docs/decisions/0008).
 */
const DOCUMENTS_AT_ONCE = 20;

/**
 * Asks for what an event is about, now that its book is known, and writes what came of it: documents first, then the
 * book.
 *
 * @param observation what Book status said, where it was needed.
 * @param hasMoved whether it was another status, or other documents, than what was stored.
 * @throws Failure `retry` for what passes, once everything else is written.
 */
export async function reconcileBook(
  context: DeliveryContext,
  event: AnnouncedEvent,
  book: Book,
  observation: BookObservation | undefined,
  patience: Patience,
  hasMoved: boolean,
): Promise<Finished | RetrySoon> {
  const answers = new Answers();
  const reconciled: DocumentsReconciled = {
    written: hasMoved ? ['applied'] : [],
    nextAt: undefined,
    hasChanged: false,
    hasUnannounced: false,
  };
  let details: string | undefined;
  let isUnready: string | undefined;
  if (event.documentKinds.includes('signals') && event.documents === 'named') {
    const ofBook = await signalsOfDocument(
      context,
      { event, book, observation },
      answers,
      patience,
      reconciled,
    );
    if (ofBook.isUnnamed) return unknownDocument(context, event, book, patience);
    observation = ofBook.observation ?? observation;
  } else if (observation !== undefined) {
    const documents = await documentsToReconcile(context, event, observation);
    for (const document of documents) {
      await reconcileDocument(context, { event, book, observation }, document, answers, patience, reconciled);
    }
    if (event.isAboutBook) {
      const except = new Set(documents.map(({ docUuid }) => docUuid));
      await writeChangedDocuments(context, { event, book, observation }, except, reconciled);
    }
    isUnready = unreadiness(event, observation, context);
    details = findDocument(observation, context.ids)?.rejectionReason;
  }
  await reconcileBookWants(context, event, book, answers, patience);

  const isSoonAgain = patience.mayRetrySoon && (answers.open.some(isNotYet) || isUnready !== undefined);
  // Without quick tries there is no second receive, which would have written this down.
  const isLastTry = isUnready !== undefined && !isSoonAgain && context.attempts === 1;
  await writeOutcome(context, {
    event,
    announced: isLastTry ? await openDocuments(context, event, book) : undefined,
    book,
    observation,
    answers,
    reconciled,
    isSoonAgain,
    isUnready: isUnready !== undefined,
  });
  if (answers.failure !== undefined) throw answers.failure;
  if (isSoonAgain) return { outcome: 'retry-soon', reason: answers.codes[0] ?? isUnready ?? 'not-yet' };
  return summarize(context, answers, reconciled, isUnready, details);
}

/** The document is known by its pk only, and Book status does not list it: the signals of the whole book are wanted. */
async function unknownDocument(
  context: DeliveryContext,
  event: AnnouncedEvent,
  book: Book,
  { mayRetrySoon }: Patience,
): Promise<Finished | RetrySoon> {
  if (context.ids.uploadedDocPk === undefined) return { outcome: 'refused', reason: 'no-document-id' };
  const reason = 'document-not-listed';
  if (mayRetrySoon) return { outcome: 'retry-soon', reason };
  await recordRefusedBook(context, event, book);
  return { outcome: 'waiting', reason };
}

function isNotYet({ answered }: Answers['all'][number]): boolean {
  return answered.class === 'not-yet';
}

async function signalsOfDocument(
  context: DeliveryContext,
  of: {
    readonly event: AnnouncedEvent;
    readonly book: Book;
    readonly observation: BookObservation | undefined;
  },
  answers: Answers,
  patience: Patience,
  reconciled: DocumentsReconciled,
): Promise<{ readonly isUnnamed: boolean; readonly observation: BookObservation | undefined }> {
  const { ids } = context;
  const named = ids.uploadedDocUuid ?? ids.docUuid;
  let { observation } = of;
  const known = named === undefined ? undefined : await context.document(of.book.bookId, named);
  // Only Book status has the status of a document that is not stored, and knows which document a pk is.
  const isKnown = known !== undefined && known.status !== UNLISTED;
  if (observation === undefined && !isKnown) {
    observation = await observeIfPossible(context, answers, patience);
    if (observation !== undefined)
      await recordReturns(context.dependencies.ports.table, of.book, observation);
  }
  const isListed = observation !== undefined && findDocument(observation, ids) !== undefined;
  if (named === undefined && !isListed) return { isUnnamed: true, observation };
  const ofBook = await reconcileNamedSignals(context, { ...of, observation }, answers, patience, reconciled);
  if (ofBook !== undefined) {
    const own = answers.all.find(({ want }) => want.kind === 'signals');
    if (own !== undefined) answers.replace(own, { ...ofBook, version: of.book.generation });
  }
  return { isUnnamed: false, observation };
}

/** Book status, where Ocrolus shows it: the signals of a document can be asked for without. */
async function observeIfPossible(
  context: DeliveryContext,
  answers: Answers,
  patience: Patience,
): Promise<BookObservation | undefined> {
  try {
    const observed = await context.observe();
    return observed.kind === 'observed' ? observed.observation : undefined;
  } catch (error) {
    const failure = asFailure(error);
    if (!patience.handsOver(failure)) answers.failure ??= failure;
    return undefined;
  }
}

async function documentsToReconcile(
  context: DeliveryContext,
  event: AnnouncedEvent,
  observation: BookObservation,
) {
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

/** Book status does not show yet what an event announced. */
function unreadiness(
  { name, documents, documentKinds }: AnnouncedEvent,
  observation: BookObservation,
  { ids, isPoll }: DeliveryContext,
): string | undefined {
  if (isPoll) return undefined;
  if (name === 'BOOK_VERIFIED' || name === 'book.verified') {
    const isOver = isCaptureEnded(observation) || observation.status === 'DELETED';
    return isOver ? undefined : 'book-not-verified';
  }
  if (documentKinds.length === 0) return undefined;
  if (documents === 'named') {
    const document = findDocument(observation, ids);
    if (document === undefined) return 'document-not-listed';
    return isEnded(document.status) || isCapturable(document) ? undefined : 'document-not-verified';
  }
  if (documents !== 'image-group') return undefined;
  const group = documentsOf({ documents, listed: [] }, observation, ids);
  if (group.length === 0) return 'image-group-not-listed';
  return group.every(({ status }) => isEnded(status)) ? undefined : 'image-group-not-verified';
}

/** Results of the book as a whole. */
async function reconcileBookWants(
  context: DeliveryContext,
  event: AnnouncedEvent,
  book: Book,
  answers: Answers,
  patience: Patience,
): Promise<void> {
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
    answers.replace(answer, await reconcileBookSignals(context, book, answer, known));
  }
}

function summarize(
  context: DeliveryContext,
  answers: Answers,
  reconciled: DocumentsReconciled,
  isUnready: string | undefined,
  details: string | undefined,
): Finished {
  const written = [...answers.written, ...reconciled.written];
  const reason = answers.codes.length > 0 ? answers.codes.join(' ') : isUnready;
  const common = { ...(reason !== undefined && { reason }), ...(details !== undefined && { details }) };
  if (answers.open.length > 0 || isUnready !== undefined) return { outcome: 'waiting', ...common };
  const isApplied = written.includes('applied');
  const isRecovered = context.isPoll && reconciled.hasUnannounced;
  if (isApplied) return { outcome: 'applied', isRecovered, ...common };
  return { outcome: written.includes('stale') ? 'stale' : 'unchanged', ...common };
}
