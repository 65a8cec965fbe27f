import type { Times } from '../../checklist/times.ts';
import { BOOK_NOT_FOUND, BOOK_OF_ANOTHER, DELETED, NOT_FOUND } from '../../events/statuses.ts';
import { iso } from '../../time.ts';
import type { Book } from '../books.ts';
import { dueShard } from '../keys.ts';

/** Minimum number of refused looks before a book counts as not existing; it also takes hours. */
const MIN_LOOKS = 5;

export interface RefusedLook {
  readonly code: string;
  /** `failed`: Ocrolus or the network does not work. `suppressed`: the account's circuit is open, and nothing was asked. */
  readonly class: 'refused' | 'failed' | 'suppressed';
  /** Account whose credentials were used. */
  readonly account: string;
  /** All accounts that the book may belong to. */
  readonly accounts: readonly string[];
  /** True if many books of the account are refused, which says nothing about this one. */
  readonly isOutage: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly times: Times;
  /** 0 to 1. */
  readonly random: number;
}

/**
 * Updates a book after a look that Ocrolus did not answer. Its checklist is kept, and it is looked at again after
 * half of the time since the first such look: within an hour of the end of an outage, within 6 hours of a refusal. If
 * an account answers that the book is not its own, the others are asked within minutes, once after each outage. The
 * book becomes `NOT_FOUND` only by code 1401, or 2102 from some, of every account that it may belong to, and no other
 * answer for hours: a proxy answers 404 too. Then it is looked at daily, after the horizon monthly for a year, and any
 * success revives it.
 */
export function refuseBook(book: Book, look: RefusedLook): Book {
  const { now, times, random } = look;
  // A deleted book may no longer be shown.
  if (book.status === DELETED) return { ...book, dueAt: undefined, dueShard: undefined };
  const since = book.refused?.since ?? iso(now);
  const count = (book.refused?.count ?? 0) + (look.class === 'refused' ? 1 : 0);
  const notFound = notFoundAfter(book, look);
  const age = now - Date.parse(since);
  const isGone = book.status === NOT_FOUND || isConcluded(book, notFound, count, look);
  const most = isGone ? times.day : look.class === 'refused' ? times.max : Math.min(times.hour, times.max);
  const isNext = look.class === 'refused' && notFound !== undefined && !isEverywhere(book, notFound, look);
  const pause = age > times.horizon ? times.month : Math.min(Math.max(age / 2, times.min), most);
  const wait = isNext ? times.min : pause;
  // The accounts are asked in turn, each as often as if it were the only one.
  const turns = isGone ? 1 : candidatesOf(book, look).length;
  const isOver = age > times.year;
  return {
    ...book,
    refused: {
      code: look.code,
      since,
      count,
      ...(isElsewhere(book, look.accounts) && { elsewhere: true }),
      ...(notFound !== undefined && { notFound }),
    },
    updatedAt: iso(now),
    ...(isGone && { status: NOT_FOUND, complete: undefined, completeAt: undefined, open: undefined }),
    dueAt: isOver ? undefined : iso(now + (wait / turns) * (0.9 + random / 5)),
    dueShard: isOver ? undefined : dueShard(book.bookId),
  };
}

/**
 * Time since which every answer has been that the book is unknown, or of another account, and the accounts that have
 * given it since the last outage: what they answered before says nothing about a book that is new.
 */
function notFoundAfter({ refused }: Book, look: RefusedLook) {
  const before = refused?.notFound;
  if (look.class !== 'refused') {
    return before === undefined ? undefined : { ...before, accounts: [] };
  }
  if (look.code !== BOOK_NOT_FOUND && look.code !== BOOK_OF_ANOTHER) return undefined;
  return {
    since: before?.since ?? iso(look.now),
    accounts: [...new Set([...(before?.accounts ?? []), look.account])].sort(),
  };
}

/** True if the account of the book is no longer served. */
export function isElsewhere({ account, refused }: Book, accounts: readonly string[]): boolean {
  return refused?.elsewhere === true || !accounts.includes(account);
}

/** Accounts that the book may belong to. */
function candidatesOf(book: Book, { accounts }: RefusedLook): readonly string[] {
  return book.observedAt === undefined || isElsewhere(book, accounts) ? accounts : [book.account];
}

function isConcluded(
  book: Book,
  notFound: ReturnType<typeof notFoundAfter>,
  count: number,
  look: RefusedLook,
): boolean {
  const { code, isOutage, now, times } = look;
  // That the book is of another account is no sign that it does not exist.
  if (notFound === undefined || code !== BOOK_NOT_FOUND || isOutage || count < MIN_LOOKS) return false;
  return isEverywhere(book, notFound, look) && now - Date.parse(notFound.since) >= times.notFound;
}

/** True if every account that the book may belong to has answered that it is not its own. */
function isEverywhere(book: Book, { accounts }: { readonly accounts: readonly string[] }, look: RefusedLook) {
  return candidatesOf(book, look).every((account) => accounts.includes(account));
}
