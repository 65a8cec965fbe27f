import { hash } from 'node:crypto';
import { type CircuitState, isNotServed } from '../checklist/circuit-state.ts';
import { DOCUMENT_KINDS, RESULT_KINDS, type ResultsPolicy } from '../checklist/kinds.ts';
import { isStuck } from '../checklist/next-due.ts';
import { digestOf } from '../checklist/observation.ts';
import { type Plan, plan } from '../checklist/plan.ts';
import type { Times, Timing } from '../checklist/times.ts';
import type { ResultKind } from '../events/catalog.ts';
import type { BookObservation } from '../events/envelope.ts';
import { DELETED, UNLISTED } from '../events/statuses.ts';
import { Failure } from '../failure.ts';
import { isEqual } from '../is-equal.ts';
import { type Book, dueBy, isForgotten, readBook, replaceBook } from '../store/books.ts';
import { readDocuments } from '../store/documents.ts';
import type { Circuits } from '../store/polling/circuits.ts';
import type { Table } from '../store/table.ts';
import { iso } from '../time.ts';
import { afterSending, type SendOutcome, withPlan, withRound, withSchedule } from './apply-plan.ts';

export interface SettleContext {
  readonly table: Table;
  readonly policy: ResultsPolicy;
  readonly circuits: Circuits;
  readonly times: Times;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface SettleOptions {
  readonly bookId: string;
  /** What was read a moment ago, to save a read; `null`: there is none. */
  readonly known?: Book | null | undefined;
  /** What Book status said; absent where only results of the book were asked for. */
  readonly observation?: BookObservation | undefined;
  /** Pure: the book with what was just learned about it. May run several times. @returns `undefined`: nothing to do. */
  readonly merge: (book: Book | undefined) => Book | undefined;
  /** Sends requests for missing results. Absent in consumers, which leave it to the poller. Called once at most. */
  readonly send?: Sending;
  readonly isUrgent?: boolean;
}

export type Sending = (book: Book, plan: Plan) => Promise<SendOutcome>;

export interface Settled {
  readonly book: Book | undefined;
  readonly plan: Plan | undefined;
  /** The book was just found not to have changed for the horizon. */
  readonly isNewlyStuck: boolean;
}

/** Attempts when another writer changes the book between the read and the write. */
const CONFLICTS = 12;

/**
 * Compares a book with what it should have, and writes down what is missing and when to poll again: reads it
 * consistently, plans, sends, and writes on condition that nothing has changed since (docs/design.md#settle). Only this
 * raises `dueAt`, and sets `settled` and `complete`.
 *
 * @throws Failure `retry`.
 */
export async function settle(context: SettleContext, options: SettleOptions): Promise<Settled> {
  const { table, times, now: clock } = context;
  const { bookId, observation, merge, isUrgent = false } = options;
  let current = options.known === undefined ? await readBook(table, bookId) : (options.known ?? undefined);
  const digest = observation === undefined ? undefined : digestOf(observation);
  let sending: SendOutcome | undefined;
  let sentAt: number | undefined;
  for (let conflict = 0; conflict < CONFLICTS; conflict += 1) {
    const book = isForgotten(current) ? undefined : merge(current);
    if (book === undefined) return { book: current, plan: undefined, isNewlyStuck: false };
    const now = clock();
    const timing = { now, times };
    const circuit = await circuitsOf(context, book);
    const policy = policyHash(context.policy, circuit, timing);
    const isKnownSettled = matchesSettled(book, policy) && !isDocumentCanaryDue(circuit);
    // An observation that is not the latest one says nothing about the documents.
    const isLatest = observation !== undefined && digest === book.digest;
    const documents = isKnownSettled
      ? undefined
      : isLatest
        ? { observation, stored: await readDocuments(table, book.bookId) }
        : await documentsAsStored(table, book);
    const planned = plan({ book, documents, policy: context.policy, circuit, now, times, isUrgent });
    const mayComplete = isKnownSettled || (documents !== undefined && planned.isSettled);
    const hasSeenDocuments = isKnownSettled || documents !== undefined;
    let next = withPlan(book, planned, { policy, mayComplete, hasSeenDocuments, now });
    if (options.send !== undefined && hasWork(planned, book, now, isUrgent)) {
      sentAt ??= now;
      sending ??= await options.send(next, planned);
    }
    const isRound = sending !== undefined && (planned.asks.length > 0 || planned.changed.length > 0);
    if (isRound) next = withRound(next, sending, { now: sentAt ?? now, times });
    const plannedAt = isRound ? afterSending(planned, next) : planned.nextAt;
    next = withSchedule(next, plannedAt, isLatest, { ...timing, random: context.random });
    const isLeftAlone = next.dueAt === undefined && next.settled === undefined && next.status !== DELETED;
    // A book that is no longer polled was unsettled.
    if (book.settled !== undefined && isLeftAlone) next = dueBy(next, now + times.min);
    const stuck = isStuck(next, timing);
    next = { ...next, ...(stuck && { stuck: true }) };
    if (current !== undefined && !isWorthWriting(current, next, options.send !== undefined)) {
      return { book: current, plan: planned, isNewlyStuck: false };
    }
    const written = await replaceBook(table, current, { ...next, updatedAt: iso(now) });
    if (written.replaced) {
      return { book: written.record, plan: planned, isNewlyStuck: stuck && current?.stuck !== true };
    }
    current = written.existing;
  }
  throw new Failure('retry', 'conflict');
}

/** Books of up to so many documents are settled by their stored documents. */
export const FEW_DOCUMENTS = 50;

/**
 * The documents of a finished book as they are stored, where they equal what Book status said last: the book can be
 * found complete without asking Ocrolus.
 */
async function documentsAsStored(table: Table, book: Book) {
  const { bookId, digest, endedAt, observedAt, status, documents = {} } = book;
  const count = Object.values(documents).reduce((sum, n) => sum + n, 0);
  if (endedAt === undefined || observedAt === undefined || status === undefined || count > FEW_DOCUMENTS)
    return undefined;
  const stored = await readDocuments(table, bookId);
  const listed = [...stored.values()].filter((document) => document.status !== UNLISTED);
  const { bookClass } = book;
  const observation = {
    bookUuid: bookId,
    observedAt,
    status,
    ...(bookClass !== undefined && { bookClass }),
    documents: listed,
  };
  return digestOf(observation) === digest ? { observation, stored } : undefined;
}

/** A later poll alone is written by the poller only: a consumer has not polled. */
function isWorthWriting(current: Book, next: Book, isPoller: boolean): boolean {
  if (isPoller || isEarlier(next.dueAt, current.dueAt)) return !isEqual(current, next);
  const unscheduled = { dueAt: undefined, dueShard: undefined, observedAt: undefined };
  return !isEqual({ ...current, ...unscheduled }, { ...next, ...unscheduled });
}

function isEarlier(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && (other === undefined || one < other);
}

function hasWork(planned: Plan, book: Book, now: number, isUrgent: boolean): boolean {
  if (planned.asks.length > 0 || planned.canaries.length > 0) return true;
  return planned.changed.length > 0 && (isUrgent || Date.parse(book.round?.nextAt ?? '') <= now);
}

async function circuitsOf({ circuits }: SettleContext, { account }: Book) {
  const states = await circuits.states(account, RESULT_KINDS);
  return (kind: ResultKind): CircuitState => states(kind);
}

/** What `settled` depends on in addition to the book: another policy, or a product that is now served, asks for more. */
function policyHash(
  policy: ResultsPolicy,
  circuit: (kind: ResultKind) => CircuitState,
  timing: Timing,
): string {
  const notServed = RESULT_KINDS.filter((kind) => isNotServed(circuit(kind), timing));
  const text = JSON.stringify([RESULT_KINDS.map((kind) => [kind, policy[kind]]), notServed]);
  return hash('sha256', text, 'base64url').slice(0, 12);
}

/** The documents must be compared to find the one that the canary call may ask for. */
function isDocumentCanaryDue(circuit: (kind: ResultKind) => CircuitState): boolean {
  return DOCUMENT_KINDS.some((kind) => circuit(kind).state === 'canary');
}

function matchesSettled({ settled, digest, generation }: Book, policy: string): boolean {
  return (
    settled !== undefined &&
    settled.digest === digest &&
    settled.generation === generation &&
    settled.policy === policy
  );
}
