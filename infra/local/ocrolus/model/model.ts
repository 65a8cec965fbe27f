import type { Account, AccountHabits, AnalyticsRequest, Book, Document, Kind, Versioned } from './book.ts';
import { createJobs, type Jobs, type JobsOptions } from './jobs.ts';
import { createRefusals, type Reply } from './reply.ts';

export interface ModelOptions extends JobsOptions {
  readonly accounts: readonly AccountHabits[];
  /** Added to the hash of a book where a refusal is spelled otherwise from time to time; default 0. */
  readonly spellingShift?: () => number;
  /** Rows of one document that analytics have; default all. */
  readonly mostRows?: number;
  /** Called whenever Book status, or a result, has changed. */
  readonly onChange?: (book: Book) => void;
  /** Called when a result has changed, before `onChange`. */
  readonly onRenew?: (result: Versioned, book: Book) => void;
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
  return { ...options, registry: new Registry(options.accounts), jobs: createJobs(options) };
}

/** Calls that share the rules of access and the spelling of refusals (docs/ocrolus.md#envelopes). */
export type Family = 'v1' | 'analytics' | 'income' | 'detect' | 'document' | 'upload' | 'signals' | 'account';

/** A call by the vendor's operationId. */
export interface Operation {
  readonly name: string;
  /** Ids in it are `*`. */
  readonly path: string;
  readonly family: Family;
  /** The product that it belongs to. */
  readonly kind: Kind | undefined;
  /** One of the analytics calls with a limit of 1/s. */
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

/** Every account, book and document by each of its ids. */
export class Registry {
  readonly accounts = new Map<string, Account>();
  readonly books: Book[] = [];
  readonly booksByUuid = new Map<string, Book>();
  readonly booksByPk = new Map<string, Book>();
  /** Keys are the uuid, the `doc_uuid` and the pk. */
  readonly documents = new Map<string, Document>();
  readonly requests = new Map<string, AnalyticsRequest>();

  constructor(accounts: readonly AccountHabits[]) {
    for (const habits of accounts) {
      const { name, errorsAsOk = false, without = [] } = habits;
      const refusals = createRefusals(errorsAsOk);
      this.accounts.set(name, { name, habits, refusals, without: new Set(without), listed: [] });
    }
  }

  /** @throws Error for an unknown one. */
  account(name: string): Account {
    const account = this.accounts.get(name);
    if (account === undefined) throw new Error(`no account ${name}`);
    return account;
  }

  /** @throws Error for an unknown one. */
  book(uuid: string): Book {
    const book = this.booksByUuid.get(uuid);
    if (book === undefined) throw new Error(`no book ${uuid}`);
    return book;
  }

  addBook(book: Book): void {
    this.books.push(book);
    this.booksByUuid.set(book.uuid, book);
    this.booksByPk.set(book.pk, book);
  }

  /** Book list shows a book from now on, at its place by pk: usually the last. */
  list(book: Book): void {
    if (book.status === 'DELETED') return;
    const { listed } = book.account;
    let index = listed.length;
    while (index > 0 && BigInt(listed[index - 1]?.pk ?? 0) > BigInt(book.pk)) index -= 1;
    listed.splice(index, 0, book);
  }

  /** A deleted book is no longer listed; the offsets of later ones shift. */
  unlist(book: Book): void {
    const { listed } = book.account;
    const index = listed.indexOf(book);
    if (index >= 0) listed.splice(index, 1);
  }

  addDocument(document: Document): void {
    for (const id of [document.uuid, document.docUuid, document.pk]) this.documents.set(id, document);
  }
}
