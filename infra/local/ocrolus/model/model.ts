import type { Account, AccountHabits, Book, Document, Kind, Versioned } from './book.ts';
import { type JobLife, Jobs } from './jobs.ts';
import { Registry } from './registry.ts';
import type { Reply } from './reply.ts';

export interface ModelOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly accounts: readonly AccountHabits[];
  /** @param nth how many jobs there were, this one included. */
  readonly jobLife: (book: Book, kind: Kind, nth: number) => JobLife;
  /** The address of the host that has the results of jobs, without a slash at the end. */
  readonly resultsUrl: () => string;
  /** Added to the hash of a book where a refusal is spelled otherwise from time to time; default 0. */
  readonly spellingShift?: () => number;
  /** Rows of one document that analytics have; default all. */
  readonly mostRows?: number;
  /** Called whenever Book status, or a result, has changed. */
  readonly onChange?: (book: Book) => void;
  /** Called when a result has changed, before `onChange`. */
  readonly onRenew?: (result: Versioned, book: Book) => void;
  /** Answers in place of Ocrolus as documented, which `next` is. */
  readonly intervene?: (match: Match, next: (match: Match) => Reply) => Reply;
}

/**
 * Ocrolus: accounts, books and what is answered about them (docs/ocrolus.md). It takes no chance and has no timers: the
 * functions of this folder change it, and return what Ocrolus would announce.
 */
export interface Model extends ModelOptions {
  readonly registry: Registry;
  readonly jobs: Jobs;
}

export function createModel(options: ModelOptions): Model {
  const { accounts, now, jobLife, resultsUrl } = options;
  return { ...options, registry: new Registry(accounts), jobs: new Jobs({ now, jobLife, resultsUrl }) };
}

/** Calls that share the rules of access and the spelling of refusals (docs/ocrolus.md#envelopes). */
export type Family = 'v1' | 'analytics' | 'income' | 'detect' | 'document' | 'signals' | 'account';

/** A call by the vendor's operationId. */
export interface Operation {
  readonly name: string;
  /** Ids in it are `*`. */
  readonly path: string;
  readonly family: Family;
  /** The product that it belongs to. */
  readonly kind: Kind | undefined;
  /** One of the four analytics calls with a limit of 1/s. */
  readonly isHeavy: boolean;
  readonly answer: (match: Match) => Reply;
}

/** A call whose path is understood. */
export interface Match {
  readonly model: Model;
  readonly operation: Operation;
  readonly account: Account;
  readonly book: Book | undefined;
  readonly document: Document | undefined;
  /** The id of a business, job or request, or an id that no book or document has. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** Unix milliseconds. */
  readonly now: number;
  /** False for a look from outside, which must not change anything. */
  readonly isCall: boolean;
}

/** @throws Error where a call about a book is answered without one. */
export function bookOf({ book }: Match): Book {
  if (book === undefined) throw new Error('no book');
  return book;
}
