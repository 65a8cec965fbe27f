import { isClosedEarly } from '../../../shared/checklist/entry.ts';
import { isAnalyzable, isCapturable } from '../../../shared/checklist/observation.ts';
import { type Answered, afterAnswer, NOT_ANALYZED, PARTIAL } from '../../../shared/checklist/transitions.ts';
import type { BookObservation } from '../../../shared/events/envelope.ts';
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
import { type AnsweredWant, asOf } from '../results/answers.ts';
import type { DetectState } from '../results/fetch.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';

/** What Detect said about documents. */
interface DetectStatement {
  readonly states: readonly DetectState[];
  readonly answered: Answered;
  /** The stored documents, read before asking. Another may have been stored since. */
  readonly known?: ReadonlyMap<string, Document>;
  readonly observation?: BookObservation | undefined;
}

/**
 * Writes what Detect said about documents, and closes their entries. Documents that are neither stored nor listed by Book
 * status are left alone.
 */
export async function closeSignals(
  context: DeliveryContext,
  { bookId, generation }: Book,
  { states, answered, known, observation }: DetectStatement,
): Promise<void> {
  const { table } = context.dependencies.ports;
  await inGroups(states, WRITES_AT_ONCE, async ({ docUuid, state }) => {
    const before = known?.get(docUuid);
    const version = before?.version;
    // A stored document has its status from the poller; a status read after the answer would make the answer look early.
    const listed =
      before === undefined
        ? observation?.documents.find((document) => document.docUuid === docUuid)
        : undefined;
    await updateDocument(
      table,
      { bookId, docUuid },
      (stored) => {
        const current =
          listed === undefined || observation === undefined
            ? stored
            : observeDocument(stored, { ...observation, bookId, document: listed, generation });
        if (current === undefined) return current;
        const { askedAt, covers } = answered;
        const closed = { class: 'stored', askedAt, covers } as const;
        const want = { kind: 'signals', version: version ?? current.version } as const;
        const next = withAnswer(current, want, closed, context.timing);
        return withDetect(next, { state, at: asOf(answered) });
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
  { book, ...of }: { readonly book: Book; readonly observation: BookObservation | undefined },
  answer: AnsweredWant,
  known: ReadonlyMap<string, Document>,
): Promise<AnsweredWant> {
  const { fetched, answered } = answer;
  if (fetched.documents === undefined) return answer;
  const isUpdate = ({ docUuid, state }: DetectState) => {
    const document = known.get(docUuid);
    if (document === undefined) return true;
    const entry = document.entries.signals;
    const isAskedAgain = isClosedEarly(entry) && isAnalyzable(document);
    const isClosed = entry?.version === document.version && entry.state === 'stored' && !isAskedAgain;
    return !(isClosed && document.detect?.state === state);
  };
  const states = fetched.documents.filter(isUpdate);
  const isUnstored = states.some(({ docUuid }) => !known.has(docUuid));
  const observation = of.observation ?? (isUnstored ? await observeIfPossible(context) : undefined);
  await closeSignals(context, book, { states, answered, known, observation });
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
  await inGroups(given, WRITES_AT_ONCE, (document) => giveUpSignals(context, document, answered));
  const isUnread = isUnstored && observation === undefined;
  const isPartial = given.length < absent.length || (isUnread && !isLate);
  if (!isPartial || answered.class !== 'stored') return answer;
  return { ...answer, answered: { ...answered, class: 'not-yet', code: PARTIAL } };
}

/**
 * Book status, which has the status that a document is stored with. Where it cannot be read, the signals count as partial,
 * and the poller asks for them again.
 */
async function observeIfPossible(context: DeliveryContext): Promise<BookObservation | undefined> {
  const observed = await context.observe().catch(() => undefined);
  return observed?.kind === 'observed' ? observed.observation : undefined;
}

/** Detect does not analyze the document. */
async function giveUpSignals(
  context: DeliveryContext,
  document: Document,
  { askedAt, covers }: Answered,
): Promise<void> {
  const { version } = document;
  const absent = { class: 'permanent', code: NOT_ANALYZED, askedAt, covers } as const;
  await updateDocument(
    context.dependencies.ports.table,
    document,
    (current) => {
      if (current === undefined) return current;
      const signals = afterAnswer(current.entries.signals, version, absent, context.timing);
      return { ...current, entries: { ...current.entries, signals } };
    },
    document,
  );
}
