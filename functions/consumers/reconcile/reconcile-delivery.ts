import { BOOK_NOT_FOUND } from '../../../shared/book-refusals.ts';
import { digestOf, isCaptureEnded } from '../../../shared/checklist/observation.ts';
import type { BookObservation, Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../shared/events/ids.ts';
import { POLL_EVENTS } from '../../../shared/events/poll-events.ts';
import { NOT_FOUND } from '../../../shared/events/statuses.ts';
import { asFailure } from '../../../shared/failure.ts';
import { recordReturns } from '../../../shared/reconcile/record-returns.ts';
import { FEW_DOCUMENTS } from '../../../shared/reconcile/settle.ts';
import { type Book, isForgotten, observeBook, updateBook } from '../../../shared/store/books.ts';
import { forgetBoth, forgetIfPkIsForgotten } from '../../../shared/store/removal/tombstones.ts';
import { iso } from '../../../shared/time.ts';
import type { Patience } from '../results/answers.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { Finished, RetrySoon } from '../runtime/finish-delivery.ts';
import type { ObservationReply } from '../runtime/recent-observations.ts';
import { isOnlyRecorded, readEvent } from './event.ts';
import { openAnnounced } from './open-announced.ts';
import { reconcileBook } from './reconcile-book.ts';
import { reconcileWithoutBook } from './reconcile-without-book.ts';
import { recordRefusedBook } from './write-outcome.ts';

/** Nothing is asked about a forgotten book, and nothing of it is stored. */
const BOOK_FORGOTTEN: Finished = { outcome: 'forgotten' };

/**
 * Reconciles what a delivery is about: asks Ocrolus, stores what it has, and writes down in the checklist what is still
 * missing (docs/design.md#reconcile). Idempotent.
 *
 * @throws Failure `retry` for a passing fault, once everything else is written.
 */
export async function reconcileDelivery(
  context: DeliveryContext,
  patience: Patience,
): Promise<Finished | RetrySoon> {
  const { envelope, dependencies } = context;
  let book = context.bookRef === undefined ? undefined : await readKnownBook(context);
  // Checked first, for every event: a payload of a forgotten book is not kept either.
  if (isForgotten(book)) return BOOK_FORGOTTEN;
  if (envelope.channel === 'unrecognized') {
    const reason = envelope.unrecognized ?? 'unknown-name';
    dependencies.metrics.count('UnrecognizedEvent', { reason });
    return { outcome: 'unrecognized', reason };
  }
  if (isOnlyRecorded(envelope)) return { outcome: 'applied' };
  const { names } = dependencies.accounts;
  // If the account was removed, the book or document may belong to another one.
  if (!names.includes(context.account)) context.account = names[0] ?? context.account;
  if (context.bookRef === undefined) return reconcileWithoutBook(context, patience, reconcileDelivery);

  if (isSuperseded(envelope, book)) return { outcome: 'stale', reason: 'superseded' };
  context.account = ownerOf(book, names) ?? context.account;
  const announced = await readEvent(context, context.bookId);
  if (context.attempts > 1 && !context.isPoll) book = await openAnnounced(context, announced, book);

  const isUnknown =
    context.ids.bookUuid === undefined || book?.observedAt === undefined || book.status === NOT_FOUND;
  let observation: BookObservation | undefined;
  let hasMoved = false;
  if (isUnknown || announced.needsStatus) {
    const observed = await observeWithPatience(context, patience);
    if (observed.kind !== 'observed') {
      const { code } = observed;
      // Straight after its creation, a book may not be found yet.
      if (code === BOOK_NOT_FOUND && patience.mayRetrySoon) return { outcome: 'retry-soon', reason: code };
      await recordRefusedBook(context, announced, book);
      return { outcome: 'waiting', reason: code };
    }
    observation = observed.observation;
    if (context.bookId !== book?.bookId) book = await context.book();
    const before = book;
    book = await writeObservation(context, before, observation);
    hasMoved = before?.status !== book?.status || before?.digest !== book?.digest;
  }
  if (book === undefined) return { outcome: 'stale', reason: 'book-deleted' };
  // It may have been forgotten since it was read, or under the uuid that was just learned.
  if (isForgotten(book)) return BOOK_FORGOTTEN;
  // The uuid may just have been learned.
  const event = book.bookId === context.bookId ? await readEvent(context, book.bookId) : announced;
  // No call lists the businesses of a book (docs/ocrolus.md#result-calls).
  if (event.isUnnamed) return { outcome: 'refused', reason: 'no-business-id' };
  return reconcileBook(context, { event, book, observation, hasMoved }, patience);
}

/**
 * The book as it is stored, under its uuid where an earlier attempt has learned that. An event that names both ids
 * shows that a book is forgotten by both: Ocrolus may no longer show it.
 */
async function readKnownBook(context: DeliveryContext): Promise<Book | undefined> {
  const { ids, writer, dependencies } = context;
  const { table } = dependencies.ports;
  const { bookUuid, bookPk } = ids;
  const book = await context.book();
  if (bookUuid !== undefined && bookPk !== undefined && book?.observedAt === undefined) {
    if (!isForgotten(book)) return (await forgetIfPkIsForgotten(table, { bookUuid, bookPk }, writer)) ?? book;
    if (book.bookPk === undefined) await forgetBoth(table, bookIdOf({ bookPk }), bookUuid, writer);
  }
  if (isForgotten(book) || book?.bookUuid === undefined || book.bookUuid === book.bookId) return book;
  context.learnBookUuid(book.bookUuid);
  return context.book();
}

/** What Book status says. A lasting failure counts as a refusal, which is left to the poller. */
async function observeWithPatience(
  context: DeliveryContext,
  { handsOver }: Patience,
): Promise<ObservationReply> {
  try {
    return await context.observe();
  } catch (error) {
    const failure = asFailure(error);
    if (!handsOver(failure)) throw failure;
    return { kind: 'refused', code: failure.code, askedAt: iso(context.now) };
  }
}

/** A newer round of the poller asks for everything that this message asks for. */
function isSuperseded({ eventName, source, sentAt }: Envelope, book: Book | undefined): boolean {
  const latest = book?.round?.sentAt;
  // It was sent for a document whose book was not known: no round asks for that.
  if (eventName === POLL_EVENTS.signals.eventName) return false;
  return source === 'poll' && sentAt !== undefined && latest !== undefined && sentAt < latest;
}

/** The account whose credentials have shown the book: an event may come through another one. */
function ownerOf(book: Book | undefined, served: readonly string[]): string | undefined {
  if (book?.observedAt === undefined || book.refused?.elsewhere === true) return undefined;
  return served.includes(book.account) ? book.account : undefined;
}

/**
 * Writes an observation of the book where later steps depend on it: the generation must be known before asking. The event
 * of one document of an active book changes nothing that the poller does not find anyway. Only a book that is seen
 * for the first time may have been forgotten by its pk without its uuid being known.
 */
async function writeObservation(
  context: DeliveryContext,
  book: Book | undefined,
  observation: BookObservation,
): Promise<Book | undefined> {
  const { table } = context.dependencies.ports;
  if (book !== undefined && !mattersNow(book, observation)) {
    // Of a large book, that would be a query for each event: the poller does it.
    if (observation.documents.length <= FEW_DOCUMENTS) {
      await context.batch.once(`returns ${observation.bookUuid} ${observation.observedAt}`, () =>
        recordReturns(table, book, observation),
      );
    }
    return book;
  }
  return context.batch.once(`observed ${observation.bookUuid} ${observation.observedAt}`, async () => {
    if (book?.observedAt === undefined) await forgetIfPkIsForgotten(table, observation, context.writer);
    await recordReturns(table, book, observation);
    return updateBook(
      table,
      observation.bookUuid,
      (current) => observeBook(current, observation, context.writer, context.dependencies.times),
      book ?? null,
    );
  });
}

function mattersNow(book: Book, observation: BookObservation): boolean {
  if (book.observedAt === undefined || book.status !== observation.status) return true;
  if (book.refused !== undefined) return true;
  if (book.stuck === true && book.digest !== digestOf(observation)) return true;
  const isSettledOtherwise =
    book.endedAt !== undefined || book.settled !== undefined || isCaptureEnded(observation);
  return isSettledOtherwise && book.digest !== digestOf(observation);
}
