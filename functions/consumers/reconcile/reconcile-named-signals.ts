import { policyFor } from '../../../shared/checklist/kinds.ts';
import { versionOf } from '../../../shared/checklist/observation.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { DELETED, UNLISTED } from '../../../shared/events/statuses.ts';
import { asFailure } from '../../../shared/failure.ts';
import { recordReturns } from '../../../shared/reconcile/record-returns.ts';
import {
  type Document,
  observeDocument,
  updateDocument,
  withAnswer,
  withDetect,
} from '../../../shared/store/documents.ts';
import { type AnsweredWant, asOf } from '../results/answers.ts';
import { askFor } from '../results/ask.ts';
import { findDocument } from './find-documents.ts';
import { closeSignals } from './reconcile-book-signals.ts';
import { isToBeAsked } from './reconcile-documents.ts';
import { noteNext, type Reconciliation } from './reconciliation.ts';

/** Detect could not process the document, as an event says. */
const UNABLE = 'UNABLE_TO_PROCESS';

/**
 * Reconciles the signals of the document that a Detect event names.
 *
 * @returns `isUnnamed`: the event has no uuid of the document, and Book status does not list it. `observation`: what Book
 * status said, where it was asked.
 */
export async function reconcileNamedSignals(
  work: Reconciliation,
): Promise<{ readonly isUnnamed: boolean; readonly observation: BookObservation | undefined }> {
  const { context, book, answers } = work;
  const { ids } = context;
  const named = ids.uploadedDocUuid ?? ids.docUuid;
  let { observation } = work;
  const known = named === undefined ? undefined : await context.document(book.bookId, named);
  // Only Book status has the status of a document that is not stored, and knows which document a pk is.
  const isKnown = known !== undefined && known.status !== UNLISTED;
  if (observation === undefined && !isKnown) {
    observation = await observeIfPossible(work);
    if (observation !== undefined) await recordReturns(context.dependencies.ports.table, book, observation);
  }
  const isListed = observation !== undefined && findDocument(observation, ids) !== undefined;
  if (named === undefined && !isListed) return { isUnnamed: true, observation };
  const ofBook = await reconcileSignalsOf({ ...work, observation });
  if (ofBook !== undefined) {
    const own = answers.all.find(({ want }) => want.kind === 'signals');
    if (own !== undefined) answers.replace(own, { ...ofBook, version: book.generation });
  }
  return { isUnnamed: false, observation };
}

/** Book status, where Ocrolus shows it: the signals of a document can be requested without it. */
async function observeIfPossible({
  context,
  answers,
  patience,
}: Reconciliation): Promise<BookObservation | undefined> {
  try {
    const observed = await context.observe();
    return observed.kind === 'observed' ? observed.observation : undefined;
  } catch (error) {
    const failure = asFailure(error);
    if (!patience.handsOver(failure)) answers.failure ??= failure;
    return undefined;
  }
}

/**
 * Fetches the signals of the document, and writes what they say about each document. An event may name a part of a split
 * upload only: the answer has the upload. No document is created: without a status from Book status, a missing result is
 * recorded in the book.
 *
 * @returns the answer, where it belongs to the book's own entry.
 */
async function reconcileSignalsOf(work: Reconciliation): Promise<AnsweredWant | undefined> {
  const { context, event, book, observation, answers, patience, documents } = work;
  const { ids, dependencies } = context;
  const listed = observation === undefined ? undefined : findDocument(observation, ids);
  const subject = listed?.docUuid ?? ids.uploadedDocUuid ?? ids.docUuid;
  if (subject === undefined) return undefined;
  const { table } = dependencies.ports;
  const known = await context.document(book.bookId, subject);
  const version = known === undefined ? 1 : listed === undefined ? known.version : versionOf(known, listed);
  const entry = known?.entries.signals?.version === version ? known.entries.signals : undefined;
  const isNever = policyFor(dependencies.policy, book.bookClass, 'signals') === 'never';
  const isAsked = !isNever && isToBeAsked(context, event, entry, version);
  const answer = isAsked
    ? await askFor(
        context,
        answers,
        {
          kind: 'signals',
          subject,
          version,
          bookUuid: book.bookId,
          generation: book.generation,
          entry,
          docUuid: ids.docUuid,
        },
        patience,
      )
    : undefined;
  const isSoonAgain = patience.mayRetrySoon && answer?.answered.class === 'not-yet';
  const isKnown = known !== undefined || listed !== undefined;
  if (answer === undefined && event.detectFailure === undefined) return undefined;
  const merge = (current: Document | undefined): Document | undefined => {
    let next =
      listed === undefined || observation === undefined
        ? current
        : observeDocument(current, {
            bookId: book.bookId,
            document: listed,
            observedAt: observation.observedAt,
            generation: book.generation,
          });
    if (next === undefined) return current;
    const isGone = next.status === UNLISTED || next.status === DELETED;
    const isWritten = answer?.answered.class === 'stored' || !(isSoonAgain || isGone);
    if (answer !== undefined && isWritten) {
      next = withAnswer(next, { kind: 'signals', version }, answer.answered, context.timing);
    }
    const { receivedAt } = context.envelope;
    const reason = event.detectFailure;
    if (reason !== undefined) next = withFailure(next, reason, receivedAt);
    const detect = answer?.fetched.documents?.find(({ docUuid }) => docUuid === subject);
    if (detect !== undefined && answer !== undefined) {
      const { state } = detect;
      const at = asOf(answer.answered, receivedAt);
      next = withDetect(next, { state, reason: state === UNABLE ? reason : undefined, at });
    }
    return next;
  };
  if (isKnown) {
    const stored = await updateDocument(
      table,
      { bookId: book.bookId, docUuid: subject },
      merge,
      known ?? null,
    );
    const nextAt = stored?.entries.signals?.nextAt;
    if (nextAt !== undefined) noteNext(documents, nextAt);
    if (event.detectFailure !== undefined && answer === undefined) documents.written.push('applied');
  }
  if (answer === undefined) return undefined;
  const others = answer.fetched.documents?.filter(({ docUuid }) => docUuid !== subject) ?? [];
  await closeSignals(context, book, { states: others, answered: answer.answered, observation });
  const isStored = answer.answered.class === 'stored' && answer.fetched.documents !== undefined;
  return isKnown || isStored ? undefined : { ...answer, want: { kind: 'signals', subject: book.bookId } };
}

/** The document with what an event says of Detect. A newer answer may have been stored since the event was received. */
function withFailure(document: Document, reason: string, receivedAt: string): Document {
  const { detect } = document;
  if (detect === undefined || detect.at < receivedAt)
    return withDetect(document, { state: UNABLE, reason, at: receivedAt });
  return detect.state === UNABLE ? { ...document, detect: { ...detect, reason } } : document;
}
