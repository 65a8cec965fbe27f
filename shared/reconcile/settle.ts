import { afterAnswer } from '../checklist/answer.ts';
import { notServedAt } from '../checklist/circuit-state.ts';
import type { Entries } from '../checklist/entry.ts';
import { isOpen, isSuppressed, isUntried, type Line, linesOf, type Rules } from '../checklist/lines.ts';
import { isStuck, nextLook } from '../checklist/next-look.ts';
import { isDone, isListed, matchesDigest } from '../checklist/observation.ts';
import { Failure } from '../failure.ts';
import { type Book, dueBy, isForgotten, readBook, replaceBook } from '../store/books.ts';
import { type Document, readDocuments } from '../store/documents.ts';
import { isEqual } from '../store/is-equal.ts';
import { dueShard } from '../store/keys.ts';
import { iso } from '../time.ts';
import { withCompletion } from './completion.ts';
import type { Context } from './context.ts';
import { lineName, withoutOldest } from './mark.ts';
import { withProgress } from './progress.ts';
import type { Fetched } from './results/fetch.ts';

/** Findings of a reconcile, and the conclusions that they allow. */
export interface Learned {
  /** Answers for results of the book, by the name of their entry. */
  readonly answers: ReadonlyMap<string, Fetched>;
  /** True for a look that Book status has answered, and that handled everything due: the book may be postponed. */
  readonly mayPostpone: boolean;
  /** Documents that were read, if not all: then nothing is concluded about the book as a whole. */
  readonly own?: readonly Document[] | undefined;
  /** An event announces what Book status does not show yet. */
  readonly isUnready: boolean;
  /** Marked results: `kind subject`. */
  readonly marked: ReadonlySet<string>;
  /** There was not enough time for everything. */
  readonly isUnfinished: boolean;
  /** Applies to the book what was observed, and what events say. Pure. */
  readonly describe: (book: Book) => Book;
}

export interface Settled {
  readonly book: Book | undefined;
  /** All lines of the book, or of the documents that were read. */
  readonly lines: readonly Line[];
  /** The book was just found unchanged for the horizon. */
  readonly isNewlyStuck: boolean;
}

/** Attempts when another writer changes the book between the read and the write. */
const CONFLICTS = 12;

/**
 * Ends a reconcile: reads the book, then its documents, and writes what is missing and when to look again, on
 * condition that the book is unchanged since. Only this sets `complete`. An unchanged book is not written, unless a
 * document was marked.
 *
 * @throws Failure `retry`
 */
export async function settle(context: Context, learned: Learned): Promise<Settled> {
  const { table, bookId } = context;
  const rules = await context.rules();
  for (let conflict = 0; conflict < CONFLICTS; conflict += 1) {
    const current = await readBook(table, bookId);
    if (current === undefined || isForgotten(current))
      return { book: current, lines: [], isNewlyStuck: false };
    // Read after the book: a document that is marked later has changed the book, or its message is still at work.
    const { byUuid, unreadable } =
      learned.own === undefined ? await readDocuments(table, bookId) : { byUuid: undefined, unreadable: [] };
    const documents = byUuid === undefined ? (learned.own ?? []) : [...byUuid.values()];
    const answered = learned.describe({
      ...current,
      entries: withAnswers(current, learned.answers, context),
      // The book is not complete before Book status has shown what an event says.
      ...(learned.isUnready && current.observedAt !== undefined && { partial: true }),
    });
    const lines = linesOf(answered, documents, rules);
    const checked = {
      lines,
      policy: rules.policy,
      isWhole: byUuid !== undefined,
      isDone:
        unreadable.length === 0 &&
        answered.partial !== true &&
        matchesDigest(answered, documents) &&
        documents.every((document) => !isListed(document) || isDone(document, answered.bookClass)),
    };
    let next = withProgress(answered, checked, context.now);
    next = withSchedule(next, lines, learned, { ...rules, random: context.dependencies.ports.random() });
    // Also if it was complete: a body may have changed since, even one that a function stored which then died.
    if (next.complete === true) next = await withCompletion(table, next, context.now);
    const isNewlyStuck = learned.mayPostpone && isStuck(next, rules) && current.stuck !== true;
    if (isNewlyStuck) next = { ...next, stuck: true };
    // Another settle may have read the documents before they were marked, and must not find the book complete: this
    // write raises `revision`, so that the other write is refused.
    const isMarked = lines.some(
      (line) => isOpen(line) && line.want.subject !== bookId && learned.marked.has(lineName(line.want)),
    );
    if (isEqual(current, next) && !isMarked) return { book: current, lines, isNewlyStuck };
    const written = await replaceBook(table, current, { ...next, updatedAt: iso(context.now) });
    if (written.replaced) return { book: written.record, lines, isNewlyStuck };
  }
  throw new Failure('retry', 'conflict');
}

function withAnswers(book: Book, answers: Learned['answers'], { timing }: Context): Entries {
  const entries = { ...book.entries };
  for (const [name, answer] of answers) {
    entries[name] = afterAnswer(entries[name], answer, { ...timing, endedAt: book.endedAt });
  }
  return withoutOldest(entries);
}

/**
 * Schedules the next look at the book: when something is due, at the regular time, or at `again`. Only a look, or
 * finding the book complete, postpones it.
 */
function withSchedule(
  book: Book,
  lines: readonly Line[],
  learned: Learned,
  { random, ...rules }: Rules & { readonly random: number },
): Book {
  const { mayPostpone, isUnfinished, own } = learned;
  const { now, times } = rules;
  const soon = now + times.min;
  const dues = lines.flatMap((line) => {
    if (isSuppressed(line, rules)) return isOpen(line) ? [lookWhileSuppressed(line, rules)] : [];
    if (isUntried(line)) return [mayPostpone ? now : soon];
    return line.isServed && line.entry.nextAt !== undefined ? [Date.parse(line.entry.nextAt)] : [];
  });
  const again = againOf(book, learned, rules);
  if (again !== undefined) dues.push(Math.max(Date.parse(again), now));
  // Only a look can find a book of many documents complete.
  if (own !== undefined && book.complete === false && book.endedAt !== undefined) dues.push(now + times.run);
  const next = { ...book, again };
  // A book that Book status refuses to show is not postponed.
  const isPostponed = mayPostpone || (book.complete === true && book.refused === undefined);
  if (!isPostponed) return dues.length === 0 ? next : dueBy(next, Math.max(Math.min(...dues), now));
  const regular = nextLook(book, { ...rules, random });
  if (regular !== undefined) dues.push(regular);
  if (dues.length === 0) return { ...next, dueAt: undefined, dueShard: undefined };
  const isAtOnce = isUnfinished || lines.some(isUntried);
  const at = Math.max(Math.min(...dues), now + (isAtOnce ? 0 : times.min / 10));
  return { ...next, dueAt: iso(at), dueShard: dueShard(book.bookId) };
}

/**
 * Unix milliseconds of the next look for a line whose circuit is open: when it becomes overdue, if it was ever asked for, and no later
 * than the circuit is closed or the kind counts as not served.
 */
function lookWhileSuppressed({ want, entry }: Line, rules: Rules): number {
  const { now, times } = rules;
  const overdueAt = Date.parse(entry.since ?? '') + times.refusedKind;
  const decidedAt = notServedAt(rules.circuit(want.kind), rules);
  return overdueAt > now ? Math.min(overdueAt, decidedAt) : decidedAt;
}

/**
 * Time of a look that takes place whatever else is concluded. It is kept until a later look settles, which has read
 * everything. An event that Book status does not show yet may be visible in minutes.
 */
function againOf(
  { again }: Book,
  { mayPostpone, isUnready }: Learned,
  { now, times }: Rules,
): string | undefined {
  const isNoted = again !== undefined && again > iso(now) && again <= iso(now + times.run);
  if (isUnready && !isNoted) return iso(now + times.min);
  const isOver = again !== undefined && again <= iso(now);
  return mayPostpone && isOver ? undefined : again;
}
