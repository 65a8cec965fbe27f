import { BOOK_NOT_FOUND, BOOK_OF_ANOTHER } from '../../book-refusals.ts';
import { backoff, type Times } from '../../checklist/times.ts';
import { DELETED, NOT_FOUND } from '../../events/statuses.ts';
import { iso } from '../../time.ts';
import type { Book } from '../books.ts';
import { dueShard } from '../keys.ts';

/** Unsuccessful polls before a book may count as not existing; it also takes hours. */
const MIN_POLLS = 5;

export interface RefusedPoll {
  readonly code: string;
  /** Whose credentials were used. */
  readonly account: string;
  /** All accounts that the book may belong to. */
  readonly accounts: readonly string[];
  /** Many books of the account are refused, which says nothing about this one. */
  readonly isOutage: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly times: Times;
  /** 0 to 1. */
  readonly random: number;
}

/**
 * The book after Ocrolus refused to show it to the poller. Its checklist is kept, and it is polled again with
 * backoff. Only code 1401, from every account that the book may belong to (from others than the first, 2102 says the
 * same) and nothing else for hours, ends as `NOT_FOUND`: a proxy answers 404 too. Any later success makes it active again; until
 * then it is polled monthly for a year.
 */
export function refuseBook(book: Book, poll: RefusedPoll): Book {
  const { code, now, times, random } = poll;
  // A deleted book may no longer be shown.
  if (book.status === DELETED) return { ...book, dueAt: undefined, dueShard: undefined };
  const { refused } = book;
  const since = refused?.since ?? iso(now);
  const count = (refused?.count ?? 0) + 1;
  const notFound = notFoundAfter(book, poll);
  const age = now - Date.parse(since);
  const isGone = isConcluded(book, notFound, count, poll);
  const wait = isGone || age > times.horizon ? times.month : backoff(times.min, count, times.max);
  const isOver = age > times.year;
  const dueAt = iso(now + wait * (0.9 + random / 5));
  return {
    ...book,
    refused: {
      code,
      since,
      count,
      ...(isElsewhere(book, poll.accounts) && { elsewhere: true }),
      ...(notFound !== undefined && { notFound }),
    },
    updatedAt: iso(now),
    ...(isGone && { status: NOT_FOUND, complete: undefined, completeAt: undefined, open: undefined }),
    dueAt: isOver ? undefined : dueAt,
    dueShard: isOver ? undefined : dueShard(book.bookId),
  };
}

/** Since when every answer has been "not found", and to which accounts. */
function notFoundAfter({ refused }: Book, { code, account, now }: RefusedPoll) {
  const before = refused?.notFound;
  // Another account may only learn that the book is not its own.
  const isNotFound = code === BOOK_NOT_FOUND || (code === BOOK_OF_ANOTHER && before !== undefined);
  if (!isNotFound) return undefined;
  return {
    since: before?.since ?? iso(now),
    accounts: [...new Set([...(before?.accounts ?? []), account])].sort(),
  };
}

/** Its account is no longer served. */
export function isElsewhere({ account, refused }: Book, accounts: readonly string[]): boolean {
  return refused?.elsewhere === true || !accounts.includes(account);
}

function isConcluded(
  book: Book,
  notFound: ReturnType<typeof notFoundAfter>,
  count: number,
  { accounts, isOutage, now, times }: RefusedPoll,
): boolean {
  if (notFound === undefined || isOutage || count < MIN_POLLS) return false;
  const candidates = book.observedAt === undefined || isElsewhere(book, accounts) ? accounts : [book.account];
  const isEverywhere = candidates.every((account) => notFound.accounts.includes(account));
  return isEverywhere && now - Date.parse(notFound.since) >= times.notFound;
}
