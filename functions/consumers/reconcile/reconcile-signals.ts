import { isClosedEarly } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { isAnalyzable, isCapturable, versionOf } from '../../../shared/checklist/observation.ts';
import { type Answered, afterAnswer, NOT_ANALYZED, PARTIAL } from '../../../shared/checklist/transitions.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { DELETED, UNLISTED } from '../../../shared/events/statuses.ts';
import { inGroups } from '../../../shared/in-groups.ts';
import type { Book } from '../../../shared/store/books.ts';
import {
  type Document,
  observeDocument,
  updateDocument,
  WRITES_AT_ONCE,
  withAnswer,
  withDetect,
} from '../../../shared/store/documents.ts';
import type { DetectState } from '../results/fetch.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { type AnsweredWant, type Answers, askFor, type Patience, toldAt } from './answers.ts';
import type { AnnouncedEvent } from './event.ts';
import { findDocument } from './find-documents.ts';
import { type DocumentsReconciled, isToBeAsked } from './reconcile-documents.ts';

/** Detect could not process the document, as an event says. */
const UNABLE = 'UNABLE_TO_PROCESS';

/**
 * Fetches the signals of the document that a Detect event names, and writes what they say about each document. An
 * event may name a part of a split upload only: the answer has the upload. No document is made up: without a status
 * from Book status, what is missing is kept as missing of the book.
 *
 * @returns the answer, where it belongs to the book's own entry.
 */
export async function reconcileNamedSignals(
  context: DeliveryContext,
  of: {
    readonly event: AnnouncedEvent;
    readonly book: Book;
    readonly observation: BookObservation | undefined;
  },
  answers: Answers,
  patience: Patience,
  reconciled: DocumentsReconciled,
): Promise<AnsweredWant | undefined> {
  const { ids, dependencies } = context;
  const { event, book, observation } = of;
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
      next = withAnswer(next, { kind: 'signals', version }, answer.answered, {
        now: context.now,
        times: dependencies.times,
      });
    }
    const { receivedAt } = context.envelope;
    const reason = event.detectFailure;
    if (reason !== undefined) next = withFailure(next, reason, receivedAt);
    const told = answer?.fetched.documents?.find(({ docUuid }) => docUuid === subject);
    if (told !== undefined && answer !== undefined) {
      const at = toldAt(answer.answered, receivedAt);
      next = withDetect(next, { state: told.state, reason: told.state === UNABLE ? reason : undefined, at });
    }
    return next;
  };
  if (isKnown) {
    const stored = await updateDocument(table, book.bookId, subject, merge, known ?? null);
    const nextAt = stored?.entries.signals?.nextAt;
    if (nextAt !== undefined) {
      reconciled.nextAt = Math.min(reconciled.nextAt ?? Number.POSITIVE_INFINITY, Date.parse(nextAt));
    }
    if (event.detectFailure !== undefined && answer === undefined) reconciled.written.push('applied');
  }
  if (answer === undefined) return undefined;
  const others = answer.fetched.documents?.filter(({ docUuid }) => docUuid !== subject) ?? [];
  await closeSignals(context, book, others, answer.answered, { observation });
  const isStored = answer.answered.class === 'stored' && answer.fetched.documents !== undefined;
  return isKnown || isStored ? undefined : { ...answer, want: { kind: 'signals', subject: book.bookId } };
}

/** The document with what an event says of Detect, as of when the event was received: an answer may have come since. */
function withFailure(document: Document, reason: string, receivedAt: string): Document {
  const { detect } = document;
  if (detect === undefined || detect.at < receivedAt)
    return withDetect(document, { state: UNABLE, reason, at: receivedAt });
  return detect.state === UNABLE ? { ...document, detect: { ...detect, reason } } : document;
}

/**
 * Writes what Detect said about documents, and closes their entries. Documents that are neither stored nor listed by Book
 * status are left alone.
 *
 * @param more `known`: the stored documents, read before asking. Another may have been stored since.
 */
async function closeSignals(
  context: DeliveryContext,
  { bookId, generation }: Book,
  states: readonly DetectState[],
  answered: Answered,
  more: {
    readonly known?: ReadonlyMap<string, Document>;
    readonly observation?: BookObservation | undefined;
  },
): Promise<void> {
  const { known, observation } = more;
  const { times, ports } = context.dependencies;
  await inGroups(states, WRITES_AT_ONCE, async ({ docUuid, state }) => {
    const before = known?.get(docUuid);
    const version = before?.version;
    const listed = observation?.documents.find((document) => document.docUuid === docUuid);
    await updateDocument(
      ports.table,
      bookId,
      docUuid,
      (stored) => {
        const current =
          listed === undefined || observation === undefined
            ? stored
            : observeDocument(stored, { ...observation, bookId, document: listed, generation });
        if (current === undefined) return current;
        const { askedAt, covers } = answered;
        const closed = { class: 'stored', askedAt, covers } as const;
        const want = { kind: 'signals', version: version ?? current.version } as const;
        const next = withAnswer(current, want, closed, { now: context.now, times });
        return withDetect(next, { state, at: toldAt(answered) });
      },
      before,
    );
  });
}

/**
 * Writes what the signals of a whole book say about its documents. A document that Detect does not list for two days
 * is not analyzed by it.
 *
 * @param known the stored documents, read before asking.
 * @returns the answer: not all of it is there while Detect does not list some document.
 */
export async function reconcileBookSignals(
  context: DeliveryContext,
  book: Book,
  answer: AnsweredWant,
  known: ReadonlyMap<string, Document>,
): Promise<AnsweredWant> {
  const { fetched, answered } = answer;
  if (fetched.documents === undefined) return answer;
  const isNews = ({ docUuid, state }: DetectState) => {
    const document = known.get(docUuid);
    if (document === undefined) return true;
    const entry = document.entries.signals;
    const isAskedAgain = isClosedEarly(entry) && isAnalyzable(document);
    const isClosed = entry?.version === document.version && entry.state === 'stored' && !isAskedAgain;
    return !(isClosed && document.detect?.state === state);
  };
  await closeSignals(context, book, fetched.documents.filter(isNews), answered, { known });
  const listed = new Set([...fetched.documents.map(({ docUuid }) => docUuid), ...(fetched.pending ?? [])]);
  const absent = [...known.values()].filter((document) => {
    const { docUuid, version, entries } = document;
    const isAnswered = entries.signals?.version === version && !isClosedEarly(entries.signals);
    return isAnalyzable(document) && !listed.has(docUuid) && !isAnswered;
  });
  const { times } = context.dependencies;
  const entry = book.entries.signals;
  const since = entry?.version === book.generation ? entry.partialSince : undefined;
  const isLate =
    since !== undefined &&
    book.endedAt !== undefined &&
    context.now - Math.max(Date.parse(since), Date.parse(book.endedAt)) >= times.detect;
  // A document without results is not waited for: Detect seldom analyzes it.
  const given = isLate
    ? absent
    : absent.filter((document) => answered.class === 'stored' && !isCapturable(document));
  await inGroups(given, WRITES_AT_ONCE, (document) =>
    giveUpSignals(context, book.bookId, document, answered),
  );
  if (given.length === absent.length || answered.class !== 'stored') return answer;
  return { ...answer, answered: { ...answered, class: 'not-yet', code: PARTIAL } };
}

/** Detect does not analyze the document. */
async function giveUpSignals(
  context: DeliveryContext,
  bookId: string,
  document: Document,
  { askedAt, covers }: Answered,
): Promise<void> {
  const { times, ports } = context.dependencies;
  const { docUuid, version } = document;
  const absent = { class: 'permanent', code: NOT_ANALYZED, askedAt, covers } as const;
  await updateDocument(
    ports.table,
    bookId,
    docUuid,
    (current) => {
      if (current === undefined) return current;
      const signals = afterAnswer(current.entries.signals, version, absent, context.now, times);
      return { ...current, entries: { ...current.entries, signals } };
    },
    document,
  );
}
