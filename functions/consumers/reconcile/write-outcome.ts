import { entryName } from '../../../shared/checklist/entry.ts';
import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { FEW_DOCUMENTS, settle } from '../../../shared/reconcile/settle.ts';
import { type Book, dueBy, newBook, observeBook, updateBook } from '../../../shared/store/books.ts';
import { iso } from '../../../shared/time.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { AnnouncedEvent } from './event.ts';
import { type Announced, openDocuments, openEntries } from './open-announced.ts';
import { countExpired } from './reconcile-documents.ts';
import type { Reconciliation } from './reconciliation.ts';

/** How the reconciliation of a delivery ended. */
export interface ReconciledOutcome {
  /** What the event names, where Book status does not show it yet and it was not written before. */
  readonly announced: Announced | undefined;
  /** The message is delivered again in some seconds: results that are not ready are not written as missing. */
  readonly isSoonAgain: boolean;
  /** Book status did not show what the event announced. */
  readonly isUnready: boolean;
}

/**
 * Writes the outcome of each entry of the book, after its documents: in one write together with what is still missing.
 * An unchanged book is not written.
 */
export async function writeOutcome(
  { context, event, book, observation, answers, documents }: Reconciliation,
  { announced, isSoonAgain, isUnready }: ReconciledOutcome,
): Promise<void> {
  const { dependencies } = context;
  const ofBook = answers.all.filter(
    ({ want }) =>
      event.wants.some((one) => one.kind === want.kind && one.subject === want.subject) ||
      want.subject === book.bookId,
  );
  const mayBeSettled = (observation?.documents.length ?? Number.POSITIVE_INFINITY) <= FEW_DOCUMENTS;
  const settles = observation !== undefined && mayBeSettled && book.endedAt !== undefined;
  const leavesOpen = documents.nextAt !== undefined || documents.hasChanged || isUnready;
  const openKinds = answers.open.map(({ want }) => want.kind);
  const isHeld = book.hold?.by === context.envelope.deliveryId;
  const completes = event.completesBook && !isSoonAgain && !isOfEarlierGeneration(context, book);
  if (ofBook.length === 0 && !settles && !leavesOpen && !isHeld && !completes) return;

  const merge = (current: Book | undefined): Book | undefined => {
    if (current === undefined) return undefined;
    const { now, writer } = context;
    const { times } = dependencies;
    let next = observation === undefined ? current : observeBook(current, observation, writer, times);
    const entries = { ...next.entries };
    for (const { want, version, answered } of ofBook) {
      // A result that is asked for again in some seconds is not written as missing; a started job must be recorded.
      if (isSoonAgain && answered.class === 'not-yet' && answered.job === undefined) continue;
      const name = entryName(want, next.bookId);
      entries[name] = afterAnswer(entries[name], version, answered, { now, times });
    }
    next = { ...next, entries };
    if (!isSoonAgain && next.hold?.by === context.envelope.deliveryId && answers.failure === undefined) {
      next = { ...next, hold: undefined };
    }
    if (completes) next = { ...next, completed: { state: 'completed', at: iso(now) } };
    if (announced !== undefined) next = openEntries(context, event, announced, next);
    if (leavesOpen) next = leaveOpen(next, documents.nextAt ?? now + times.min, openKinds);
    return next;
  };
  const settleBook = async (known: Book | undefined) => {
    const settled = await settle(
      {
        ...dependencies,
        table: dependencies.ports.table,
        now: dependencies.ports.now,
        random: dependencies.ports.random,
      },
      { bookId: book.bookId, known, observation: settles ? observation : undefined, merge },
    );
    countNewlyExpired(context, book, settled.book);
  };
  // Records that only settle the book share the work.
  const isShared = ofBook.length === 0 && !leavesOpen && !isHeld && !completes;
  if (!isShared) return settleBook(book);
  await context.batch.afterAll(`settle ${book.bookId} ${observation?.observedAt}`, (isFirst) =>
    settleBook(isFirst ? book : undefined),
  );
}

/** A late copy of an event says nothing about a book that was reopened since, and is active. */
function isOfEarlierGeneration({ envelope }: DeliveryContext, book: Book): boolean {
  return book.generation > 1 && book.endedAt === undefined && envelope.receivedAt < (book.changedAt ?? '');
}

/** A result of a document is still missing: the book is not settled before the next poll, and does not wait for a round. */
function leaveOpen(book: Book, nextAt: number, kinds: readonly ResultKind[]): Book {
  const { round, open = [] } = book;
  const isSooner = round !== undefined && Date.parse(round.nextAt) > nextAt;
  return dueBy(
    {
      ...book,
      settled: undefined,
      ...(book.status !== undefined && { open: [...new Set([...open, ...kinds])].sort() }),
      ...(round !== undefined && { round: { ...round, count: 0, ...(isSooner && { nextAt: iso(nextAt) }) } }),
    },
    nextAt,
  );
}

function countNewlyExpired(context: DeliveryContext, before: Book, after: Book | undefined): void {
  for (const [name, entry] of Object.entries(after?.entries ?? {})) {
    if (entry.state !== 'expired' || before.entries[name]?.state === 'expired') continue;
    countExpired(context, name.split('#')[0] ?? name, entry);
  }
}

/**
 * Ocrolus refuses to show the book: what the event announces is kept, and the poller asks soon. How often it is refused
 * is counted by the poller alone, whose tries are spread over time.
 */
export async function recordRefusedBook(
  context: DeliveryContext,
  event: AnnouncedEvent,
  known: Book | undefined,
): Promise<void> {
  const { dependencies, ids, bookId, envelope } = context;
  const announced = await openDocuments(context, event, known);
  await updateBook(
    dependencies.ports.table,
    bookId,
    (current) => {
      const book = current ?? newBook(bookId, ids, context.writer);
      const opened = { ...openEntries(context, event, announced, book), settled: undefined };
      const released = opened.hold?.by === envelope.deliveryId ? { ...opened, hold: undefined } : opened;
      return dueBy(released, context.now + dependencies.times.min);
    },
    known ?? null,
  );
}
