import type { Account, Book, Document } from './book.ts';
import type { Counters } from './counters.ts';
import type { Jobs } from './jobs.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Registry } from './registry.ts';

/** One announcement; loss, duplication and delay are up to the caller. */
export interface SimulatedDelivery {
  readonly account: string;
  readonly eventName: string;
  readonly body: string;
  /** The book that the event is about, whether or not the body says so. */
  readonly bookUuid?: string;
  /** The document, business or analytics request that it is about; else it is the book. */
  readonly subject?: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What the model's parts share. */
export interface ModelContext {
  readonly now: () => number;
  readonly schedule: (atMs: number, work: () => void) => void;
  readonly deliver: (delivery: SimulatedDelivery) => void;
  readonly profile: Profile;
  readonly random: Random;
  readonly registry: Registry;
  readonly jobs: Jobs;
  readonly counters: Counters;
  /** What follows the end of capture. */
  readonly onVerified: (book: Book) => void;
  /** Book status, or a result, has changed. */
  readonly onChange: (book: Book) => void;
  /** Unix milliseconds: no reopening, upgrade or deletion begins from then on. */
  readonly changesUntil: number;
}

export type Query = URLSearchParams | Readonly<Record<string, string>>;

/** A call whose path is understood. */
export interface Match {
  readonly context: ModelContext;
  account: Account;
  book: Book | undefined;
  document: Document | undefined;
  /** Of a business, job or request; or what names no document. */
  id: string;
  query: Query;
  now: number;
  /** False for a look from outside, which changes nothing. */
  isCall: boolean;
}

export function parameter(query: Query, name: string): string | undefined {
  if (query instanceof URLSearchParams) return query.get(name) ?? undefined;
  return query[name];
}

/** Does something with a book later, unless the book is deleted by then. */
export function after(context: ModelContext, book: Book, milliseconds: number, work: () => void): void {
  context.schedule(context.now() + milliseconds, () => {
    if (book.status !== 'DELETED') work();
  });
}
