import { enrichedBody } from '../../../infra/local/ocrolus/model/analytics.ts';
import type { AccountHabits } from '../../../infra/local/ocrolus/model/book.ts';
import { findCall } from '../../../infra/local/ocrolus/model/calls.ts';
import { createModel, type Match, type Operation } from '../../../infra/local/ocrolus/model/model.ts';
import { type Reply, type ReplyState, refusal, v1Refusal } from '../../../infra/local/ocrolus/model/reply.ts';
import { verifiedBook } from './changes.ts';
import { startArrivals } from './life/arrivals.ts';
import { recordChange, type ScriptContext, type SimulatedDelivery, scriptOf } from './life/script.ts';
import { Access, drawLag, jobLife, oddAnswer } from './oddities.ts';
import type { Kind, Profile } from './profile.ts';
import { createRandom, HOUR, type Random } from './random.ts';
import { sourceOf } from './results.ts';
import {
  type BookOutline,
  type BookTruth,
  type DocumentTruth,
  documentTruth,
  outlineOf,
  type ResultTruth,
  resultTruth,
  truthOf,
} from './truth.ts';

interface OcrolusOptions {
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
  /** The account's contract lacks the product. */
  readonly isDisabled: boolean;
  /** A page after the first: a list of many rows takes many calls. */
  readonly isFurtherPage: boolean;
}

interface SimulatedRequest {
  readonly method: string;
  /** Without query. `/async_jobs/…` is on the host of the results. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The header `Authorization`, without `Bearer`. */
  readonly token: string | undefined;
  /** The owner of the credentials that are sent to the token endpoint. Other calls have a token instead. */
  readonly account: string;
  /** How they are sent; absent: as the account accepts them. */
  readonly tokenFormat?: AccountHabits['tokenFormat'];
}

export type SimulatedOcrolus = ReturnType<typeof createOcrolus>;

const TOO_MANY_CALLS: Reply = refusal(429, '');
/** Rows of one document in analytics, so that there are some pages and not hundreds. */
const MOST_ROWS = 300;

/**
 * Ocrolus in one object, for the deterministic simulation: small bodies, no I/O, no clock of its own. Not modelled:
 * registration, creating books, uploads by the client, latency, 5xx and losses, which the caller adds.
 */
export function createOcrolus(options: OcrolusOptions) {
  const { now, profile } = options;
  const random = createRandom(options.random.int(0x7fff_ffff));
  let calls = 0;
  const model = createModel({
    now,
    accounts: profile.accounts,
    mostRows: MOST_ROWS,
    // Some answers have a code and some do not; the spelling changes every hour.
    spellingShift: () => Math.floor(now() / HOUR),
    resultsUrl: () => 'https://results.example',
    jobLife: (book, kind, nth) => jobLife(context, book, kind, nth),
    onRenew: (result, book) => recordChange(context, result, book),
    onChange: (book) => {
      drawLag(scriptOf(context, book));
      options.onChange?.(book.uuid);
    },
  });
  const { registry } = model;
  const access = new Access(registry, now);
  const context: ScriptContext = {
    model,
    profile,
    random,
    schedule: options.schedule,
    deliver: options.deliver,
    changesUntil: now() + profile.changesMs,
    isHidden: (account) => access.isHidden(account),
    onVerified: verifiedBook,
    scripts: new Map(),
    changes: new WeakMap(),
    lastPk: 0,
  };
  const [anyAccount] = registry.accounts.values();
  if (anyAccount === undefined) throw new Error('the profile has no account');

  const answer = ({ method, path, query, token, account: sender, tokenFormat }: SimulatedRequest): Reply => {
    const result = model.jobs.result(path, query.has('X-Amz-Signature'), token !== undefined);
    if (result !== undefined) return result;
    if (path === '/oauth/token' && method === 'POST') return access.issueToken(sender, tokenFormat);
    calls += 1;
    if (access.countCall() > (profile.callsPerSecond ?? Number.POSITIVE_INFINITY)) {
      options.onRefused?.();
      return TOO_MANY_CALLS;
    }
    const account = access.accountOf(token);
    if (account === undefined)
      return unauthorized((registry.accounts.get(sender) ?? anyAccount).habits, calls);
    const forbidden = access.forbidden(account);
    if (forbidden !== undefined) return forbidden;
    const match = method === 'GET' ? findCall(model, { path, query, account, isCall: true }) : undefined;
    if (match === undefined) return account.refusals.unknownPath;
    const reply = oddAnswer(context, match);
    options.onCall?.(callOf(match), reply.state);
    return reply;
  };

  return {
    /** Lets the profile's books arrive. */
    start: () => startArrivals(context),
    answer,
    /** A page of enriched transactions, also of a book where only a job answers them. */
    enrichedPage: (bookUuid: string, offset: number, limit: number): string =>
      enrichedBody(registry.book(bookUuid), offset, limit),
    truth: (bookUuid: string): BookTruth => truthOf(context, registry.book(bookUuid)),
    /** Cheaper than `truth`. */
    outline: (bookUuid: string): BookOutline => outlineOf(scriptOf(context, registry.book(bookUuid))),
    accountOf: (bookUuid: string): string => registry.book(bookUuid).account.name,
    document: (uuid: string): DocumentTruth | undefined => {
      const document = registry.documents.get(uuid);
      return document && documentTruth(document);
    },
    /** The documents of a book, including those that are no longer listed, without the PDFs that were split. */
    documents: (bookUuid: string): readonly DocumentTruth[] =>
      registry.book(bookUuid).documents.map(documentTruth),
    /** One result of a book; `undefined` where Ocrolus knows no such result. */
    result: (bookUuid: string, kind: Kind, subject: string): ResultTruth | undefined =>
      resultTruth(context, registry.book(bookUuid), kind, subject),
    /** The revision of one result, without its body; 0 where Ocrolus has none. */
    revision: (bookUuid: string, kind: Kind, subject: string): number =>
      sourceOf(model, registry.book(bookUuid), kind, subject)?.result.revision ?? 0,
    books: () => registry.books.map(({ uuid, pk, account }) => ({ uuid, pk, account: account.name })),
    bookCount: () => registry.books.length,
    setProduct: (account: string, kind: Kind, enabled: boolean): void => {
      const { without } = registry.account(account);
      if (enabled) without.delete(kind);
      else without.add(kind);
    },
    setCredentials: access.setCredentials.bind(access),
    forbidWindow: access.forbid.bind(access),
    hideBooks: access.hideBooks.bind(access),
    /** Calls of the API. */
    callCount: () => calls,
  };
}

function callOf({ operation, account, book, document, id, query }: Match): SimulatedCall {
  return {
    operation,
    account: account.name,
    bookUuid: (document?.book ?? book)?.uuid ?? '',
    subject: (document ?? book)?.uuid ?? id,
    isDisabled: operation.kind !== undefined && account.without.has(operation.kind),
    isFurtherPage: Number(query.get('offset') ?? 0) > 0,
  };
}

/** One of the documented answers to a bad token. */
function unauthorized({ errorsAsOk = false }: AccountHabits, dice: number): Reply {
  const coded = (code: number, message: string) => {
    return errorsAsOk ? { ...v1Refusal(code, message), status: 200 } : v1Refusal(code, message);
  };
  const answers: Reply[] = [
    refusal(401, { message: 'Unauthorized' }),
    refusal(401, { status: 401, message: 'Provide or refresh your OAuth bearer token.' }),
    coded(1200, 'Authentication failed'),
  ];
  return answers[dice % 4] ?? coded(1202, 'Invalid access token');
}
