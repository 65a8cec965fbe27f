import { Access } from './access.ts';
import { verifiedBook } from './aftermath.ts';
import { addBook, startArrivals } from './arrivals.ts';
import type { Account, Book } from './book.ts';
import { CHANGES, type ChangeName } from './changes.ts';
import { type Busiest, Counters } from './counters.ts';
import { Jobs, RESULTS_PATH } from './jobs.ts';
import type { BookSpec } from './make.ts';
import {
  type Match,
  type ModelContext,
  parameter,
  type Query,
  type SimulatedDelivery,
} from './model-context.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type { Kind, Profile } from './profile.ts';
import { createRandom, MINUTE, type Random, SECOND, span } from './random.ts';
import { TOO_MANY_CALLS } from './refusals.ts';
import { Registry } from './registry.ts';
import type { Reply, ReplyState } from './reply.ts';
import { callOf } from './result-calls.ts';
import { answerMatch, findOperation } from './routes.ts';
import { documentTruth, enrichedPageOf, outlineOf, peek, resultTruth, truthOf } from './truth.ts';
import type { BookOutline, BookTruth, DocumentTruth, ResultTruth } from './truth-types.ts';

export interface OcrolusOptions {
  /** Used at creation only: afterwards the model has generators of its own. */
  readonly random: Random;
  /** Unix milliseconds of virtual time. */
  readonly now: () => number;
  readonly schedule: (atMs: number, work: () => void) => void;
  readonly deliver: (delivery: SimulatedDelivery) => void;
  readonly profile: Profile;
  /** Receives every valid call of a known account, and what it is answered. */
  readonly onCall?: (call: SimulatedCall, state: ReplyState) => void;
  /** Called for every call that is refused because there were too many within a second. */
  readonly onRefused?: () => void;
  /** Receives the uuid of a book whenever Book status, or a result, has changed. */
  readonly onChange?: (bookUuid: string) => void;
}

/** A call as Ocrolus understands it. */
export interface SimulatedCall {
  readonly operation: Operation;
  readonly account: string;
  /** `''` for a call about no book. */
  readonly bookUuid: string;
  /** The book, document, business, job or request that it is about; `''` for none. */
  readonly subject: string;
  /** Of a product that the account's contract lacks. */
  readonly isDisabled: boolean;
  /** A page after the first: a list of many rows takes many calls. */
  readonly isFurtherPage: boolean;
}

export interface SimulatedRequest {
  readonly method: string;
  /** Without query. `/async_jobs/…` is on the host of the results. */
  readonly path: string;
  readonly query: Query;
  /** Of the header `Authorization`, without `Bearer`. */
  readonly token: string | undefined;
  /** Whose credentials are sent to the token endpoint; otherwise the token says whose call it is. */
  readonly account: string;
}

/**
 * Ocrolus in one object, for the deterministic simulation: small bodies, no I/O, no clock of its own. Not modelled:
 * registration, creating books, uploads by the client, latency, 5xx and losses, which the caller adds.
 */
export interface SimulatedOcrolus {
  /** Lets the profile's books arrive. */
  start(): void;
  /** Adds a book now; its life follows by itself. @returns its uuid. */
  addBook(spec?: BookSpec): string;
  /** Changes a verified book now. */
  change(bookUuid: string, change: ChangeName): void;
  answer(request: SimulatedRequest): Reply;
  /** What one call about a book is answered now, by path and query: counts nothing and changes nothing. */
  peek(bookUuid: string, target: string): Reply;
  /** A page of enriched transactions, also of a book where only a job answers them. */
  enrichedPage(bookUuid: string, offset: number, limit: number): string;
  truth(bookUuid: string): BookTruth;
  /** The documents of a book, including those that are no longer listed, without the PDFs that were split. */
  documents(bookUuid: string): readonly DocumentTruth[];
  /** What is quickly said about a book. */
  outline(bookUuid: string): BookOutline;
  accountOf(bookUuid: string): string;
  /** A document by its uuid. */
  document(uuid: string): DocumentTruth | undefined;
  /** One result of a book; `undefined` where Ocrolus knows no such result. */
  result(bookUuid: string, kind: Kind, subject: string): ResultTruth | undefined;
  /** The revision of one result, without its body; 0 where Ocrolus has none. */
  revision(bookUuid: string, kind: Kind, subject: string): number;
  books(): readonly { readonly uuid: string; readonly pk: string; readonly account: string }[];
  bookCount(): number;
  setProduct(account: string, kind: Kind, enabled: boolean): void;
  setCredentials(account: string, isValid: boolean): void;
  /** From `from` until `until`, every call, of one account or of all, is answered 403 or 404 without a code. */
  forbidWindow(from: number, until: number, account?: string): void;
  /** From `from` until `until`, every call about a book or document of an account says that there is none. */
  hideBooks(from: number, until: number, account: string): void;
  readonly counts: {
    total(): number;
    byOperation(): Record<string, number>;
    /** @param day of virtual time since the epoch. */
    onDay(account: string, day: number): Record<string, number>;
    /** Of the last day with a call about this book or document. */
    about(uuid: string): { readonly day: number; readonly calls: Record<string, number> };
    /** Per operation, the most calls about one subject in one day. */
    busiest(): readonly Busiest[];
    /** The most calls within any second, without tokens and results of jobs: of all kinds, and of the four heavy ones. */
    maxRate(): { readonly all: number; readonly heavy: number };
    deliveries(): number;
  };
}

export function createOcrolus(options: OcrolusOptions): SimulatedOcrolus {
  const { now, schedule, profile } = options;
  const registry = new Registry(profile.accounts);
  const counters = new Counters(OPERATIONS.map(({ name }) => name));
  const access = new Access(registry, now);
  const random = createRandom(options.random.int(0x7fff_ffff));
  const startedAt = now();
  let deliveries = 0;
  const context: ModelContext = {
    now,
    schedule,
    deliver: (delivery) => {
      deliveries += 1;
      options.deliver(delivery);
    },
    profile,
    random,
    registry,
    counters,
    jobs: new Jobs(now),
    onVerified: (book) => verifiedBook(context, book),
    onChange: (book) => {
      // Between two lags it shows what it is.
      if (profile.lags === true && book.wasShown && book.random.chance(0.3)) {
        book.wasShown = false;
        book.shownSince = now();
        book.shownUntil = now() + span(book.random, SECOND, 5 * MINUTE);
      }
      options.onChange?.(book.uuid);
    },
    changesUntil: startedAt + profile.changesMs,
  };
  const [anyAccount] = registry.accounts.values();
  if (anyAccount === undefined) throw new Error('the profile has no account');
  // One for all calls: an answer must cost microseconds.
  const match: Match = {
    context,
    account: anyAccount,
    book: undefined,
    document: undefined,
    id: '',
    query: {},
    now: startedAt,
    isCall: true,
  };

  const answerCall = ({ method, path, query, token, account: sender }: SimulatedRequest): Reply => {
    const at = now();
    const account = access.accountOf(token, at);
    if (path.startsWith(RESULTS_PATH)) {
      const isSigned = parameter(query, 'X-Amz-Signature') !== undefined;
      return context.jobs.result(path.slice(RESULTS_PATH.length), isSigned, token !== undefined);
    }
    if (path === '/oauth/token' && method === 'POST') return access.issueToken(sender);
    const recent = counters.call(at);
    if (recent > (profile.callsPerSecond ?? Number.POSITIVE_INFINITY)) {
      options.onRefused?.();
      return TOO_MANY_CALLS;
    }
    if (account === undefined)
      return unauthorized(registry.accounts.get(sender) ?? anyAccount, counters.total);
    const forbidden = access.forbidden(account.name, at);
    if (forbidden !== undefined) return forbidden;
    match.account = account;
    match.query = query;
    match.now = at;
    const operation = method === 'GET' ? findOperation(path, match) : undefined;
    if (operation === undefined) return account.refusals.unknownPath;
    counters.operation(operation.index, account, operation.isHeavy, at);
    const subject = match.document ?? match.book;
    if (subject !== undefined) counters.subject(operation.index, subject, at);
    const reply = answerMatch(operation, match);
    const call = {
      operation,
      account: account.name,
      bookUuid: (match.document?.book ?? match.book)?.uuid ?? '',
      subject: subject?.uuid ?? match.id,
      isDisabled: operation.kind !== undefined && account.disabled.has(operation.kind),
      isFurtherPage: Number(parameter(query, 'offset') ?? 0) > 0,
    };
    options.onCall?.(call, reply.state);
    return reply;
  };

  return {
    start: () => startArrivals(context),
    addBook: (spec) => addBook(context, spec).uuid,
    change: (bookUuid, name) => CHANGES[name](context, bookOf(registry, bookUuid)),
    answer: answerCall,
    peek: (bookUuid, target) => peek(context, bookOf(registry, bookUuid), target),
    enrichedPage: (bookUuid, offset, limit) =>
      enrichedPageOf(context, bookOf(registry, bookUuid), offset, limit),
    truth: (bookUuid) => truthOf(context, bookOf(registry, bookUuid)),
    outline: (bookUuid) => outlineOf(bookOf(registry, bookUuid)),
    accountOf: (bookUuid) => bookOf(registry, bookUuid).account.name,
    document: (uuid) => {
      const document = registry.documents.get(uuid);
      return document && documentTruth(document);
    },
    documents: (bookUuid) => bookOf(registry, bookUuid).documents.map(documentTruth),
    result: (bookUuid, kind, subject) => resultTruth(context, bookOf(registry, bookUuid), kind, subject),
    revision: (bookUuid, kind, subject) =>
      callOf(context, bookOf(registry, bookUuid), kind, subject)?.revision ?? 0,
    books: () => registry.books.map(({ uuid, pk, account }) => ({ uuid, pk, account: account.name })),
    bookCount: () => registry.books.length,
    setProduct: (account, kind, enabled) => {
      const { disabled } = registry.account(account);
      if (enabled) disabled.delete(kind);
      else disabled.add(kind);
    },
    setCredentials: (account, isValid) => access.setCredentials(account, isValid),
    forbidWindow: (from, until, account) => access.forbid(from, until, account),
    hideBooks: (from, until, account) => registry.account(account).hidden.push({ from, until }),
    counts: {
      total: () => counters.total,
      byOperation: () => counters.byOperation(),
      onDay: (account, day) => counters.onDay(account, day),
      about: (uuid) => counters.about(registry.booksByUuid.get(uuid) ?? registry.documents.get(uuid)),
      busiest: () => counters.busiest(),
      maxRate: () => counters.maxRate(),
      deliveries: () => deliveries,
    },
  };
}

function bookOf(registry: Registry, uuid: string): Book {
  const book = registry.booksByUuid.get(uuid);
  if (book === undefined) throw new Error(`no book ${uuid}`);
  return book;
}

function unauthorized({ refusals }: Account, dice: number): Reply {
  return refusals.unauthorized[dice % refusals.unauthorized.length] ?? refusals.missing;
}
