import type {
  BackfillCounts,
  BackfillRange,
  BackfillReport,
  BackfillRequest,
} from '../../shared/backfill.ts';
import { isDocumentKind, KINDS, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { DELETED } from '../../shared/events/statuses.ts';
import { asFailure } from '../../shared/failure.ts';
import {
  comparePks,
  createdMs,
  type ListedBook,
  listBooks,
  type Place,
} from '../../shared/ocrolus/book-list.ts';
import { BOOKS_LIMIT, callOfKind } from '../../shared/ocrolus/calls.ts';
import { type Book, isForgotten, readBook } from '../../shared/store/books.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies, PollerSettings } from './dependencies.ts';
import { follow, offsetAfter } from './discovery/follow.ts';
import { recordListed } from './listed-book.ts';

/** Pages per call: after each call, the caller sees progress and can stop. */
const PAGES_PER_CALL = 5;

/** Reserved for the answer before the Lambda times out. */
const RESERVE_MS = 30_000;

/** Number of books that are read, and then written, at the same time. */
const AT_ONCE = 10;

const DAY_MS = 86_400_000;

/**
 * Makes the books of one part of an account's list due: those that are not stored, and stored ones that were not
 * compared with Ocrolus for a day. They are looked at like any due book. They become due one after the other at
 * the pace of the rate limit, so that they do not hold up the books that are due anyway. Idempotent: a book that is
 * due already stays as it is. The cursor of discovery is not moved.
 *
 * @param remainingMs milliseconds that the Lambda may still run.
 */
export async function backfill(
  dependencies: PollerDependencies,
  request: BackfillRequest,
  remainingMs: number,
): Promise<BackfillReport> {
  const { accounts, ports, settings, log, metrics } = dependencies;
  const { account, range, write } = request;
  const deadline = ports.now() + Math.max(remainingMs - RESERVE_MS, remainingMs / 2);
  const counts = { unknown: 0, again: 0, waiting: 0, left: 0 };
  const [fetching, comparing] = [costOfFetching(settings), costOfComparing(settings)];
  let calls = 0;
  let dueAt = Date.parse(request.dueFrom);
  let next: BackfillReport['next'] = request.place;
  let problem: string | null = null;

  const takeGroup = async (group: readonly ListedBook[]) => {
    const known = await Promise.all(group.map(({ bookUuid }) => readBook(ports.table, bookUuid)));
    const writes = group.map((listed, index) => {
      const book = known[index];
      const action = actionFor(book, dueAt, ports.now() - DAY_MS * settings.TIME_SCALE);
      const options = { known: book ?? null, dueAt };
      counts[action] += 1;
      if (action === 'left') return undefined;
      const cost = book?.observedAt === undefined ? fetching : comparing;
      calls += cost.calls;
      dueAt += cost.milliseconds;
      if (action === 'waiting' || !write) return undefined;
      const writer = { account, source: 'poll', now: ports.now() } as const;
      return () => recordListed(ports.table, listed, { ...options, writer });
    });
    await Promise.all(writes.map((record) => record?.()));
  };
  /** @returns whether there was enough time for all of them. */
  const take = async (books: readonly ListedBook[], { offset }: Place): Promise<boolean> => {
    for (let start = 0; start < books.length; start += AT_ONCE) {
      if (ports.now() >= deadline) return false;
      const group = books.slice(start, start + AT_ONCE);
      await takeGroup(group.filter((book) => isInRange(book, range)));
      next = { offset, lastPk: group.at(-1)?.bookPk ?? '0' };
    }
    return true;
  };
  try {
    const client = accounts.client(account);
    for (let page = 0; page < PAGES_PER_CALL && next !== null && ports.now() < deadline; page += 1) {
      const listed = await listBooks(client, BOOKS_LIMIT, offsetAfter(next), deadline);
      const { unseen, place, isShort } = follow(next, listed);
      if (!(await take(unseen, next))) break;
      next = isShort || isPast(unseen.at(-1), range) ? null : place;
    }
  } catch (error) {
    problem = asFailure(error).code;
  }
  log.info('backfilled', { account, write, ...counts, code: problem ?? undefined });
  if (write && counts.unknown > 0) metrics.count('BooksDiscovered', {}, counts.unknown);
  return { counts, calls, dueUntil: iso(dueAt), next, problem };
}

/** Action for a listed book. @param dueAt when it would become due. @param dayAgo both in Unix milliseconds. */
function actionFor(book: Book | undefined, dueAt: number, dayAgo: number): keyof BackfillCounts {
  if (book === undefined) return 'unknown';
  if (isForgotten(book) || book.status === DELETED) return 'left';
  if (book.observedAt === undefined) return book.dueAt === undefined ? 'again' : 'waiting';
  if (Date.parse(book.observedAt) > dayAgo) return 'left';
  return book.dueAt !== undefined && book.dueAt <= iso(dueAt) ? 'waiting' : 'again';
}

/** True if a book is in the range. A book without a time in the list is in every range of times, as in discovery. */
function isInRange(book: ListedBook, range: BackfillRange): boolean {
  const { fromTime, toTime, fromPk, toPk } = range;
  const { bookPk } = book;
  if (fromPk !== undefined && comparePks(bookPk, fromPk) < 0) return false;
  if (toPk !== undefined && comparePks(bookPk, toPk) > 0) return false;
  const created = createdMs(book);
  if (created === undefined) return true;
  const isAfter = fromTime === undefined || created >= Date.parse(fromTime);
  return isAfter && (toTime === undefined || created <= Date.parse(toTime));
}

/** True if the list, by ascending pk, has passed the range. */
function isPast(last: ListedBook | undefined, { toPk }: BackfillRange): boolean {
  return last !== undefined && toPk !== undefined && comparePks(last.bookPk, toPk) > 0;
}

/** Assumed number of documents in a book, which is not known before it is polled; as in docs/cost.md. */
const DOCUMENTS = 5;

/** Book status: once when a book is found, and again after the grace time (docs/design.md#the-poller). */
const STATUS_CALLS = 2;

export interface Cost {
  /** Calls to Ocrolus. */
  readonly calls: number;
  /** Time that they take at the stage's rate limit, in milliseconds. */
  readonly milliseconds: number;
}

type Rates = Pick<
  PollerSettings,
  'RESULTS' | 'OCROLUS_REQUESTS_PER_SECOND' | 'OCROLUS_HEAVY_REQUESTS_PER_SECOND' | 'POLL_REQUESTS_PER_SECOND'
>;

/** Cost of fetching a finished book that is not stored. Kinds that only events announce are probed once. */
export function costOfFetching(settings: Rates): Cost {
  const subject = { bookUuid: 'book', docUuid: 'document' };
  const asked = RESULT_KINDS.filter((kind) => {
    const policy = settings.RESULTS[kind];
    return policy === 'always' || (policy === 'announced' && KINDS[kind].probe);
  }).flatMap((kind) => {
    const call = callOfKind(kind, subject);
    return call === undefined ? [] : Array.from({ length: isDocumentKind(kind) ? DOCUMENTS : 1 }, () => call);
  });
  const heavy = asked.filter(({ weight }) => weight === 'heavy').length;
  const calls = STATUS_CALLS + asked.length;
  const seconds = Math.max(
    heavy / settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
    calls / settings.OCROLUS_REQUESTS_PER_SECOND,
    STATUS_CALLS / settings.POLL_REQUESTS_PER_SECOND,
  );
  return { calls, milliseconds: seconds * 1000 };
}

/** Cost of comparing a stored book that has not changed. */
export function costOfComparing({ POLL_REQUESTS_PER_SECOND: perSecond }: Rates): Cost {
  return { calls: 1, milliseconds: 1000 / perSecond };
}
