import type { Account, AccountHabits, Book, Kind } from '../../../infra/local/ocrolus/model/book.ts';
import { answerCall, refusalOf } from '../../../infra/local/ocrolus/model/calls.ts';
import type { JobLife } from '../../../infra/local/ocrolus/model/jobs.ts';
import type { Match, Registry } from '../../../infra/local/ocrolus/model/model.ts';
import {
  available,
  FORBIDDEN,
  FORMAT_REFUSED,
  type Reply,
  refusal,
} from '../../../infra/local/ocrolus/model/reply.ts';
import { type BookScript, type ScriptContext, scriptOf } from './life/script.ts';
import { DAY, HOUR, MINUTE, mix, SECOND, span } from './random.ts';

/*
 * Behaviour that Ocrolus does not document: old answers, temporary refusals, jobs that fail or are lost.
 */

/** Answers a call: as documented, or with an oddity. */
export function oddAnswer(context: ScriptContext, match: Match): Reply {
  const { book, operation, isCall } = match;
  if (isCall && context.isHidden(match.account))
    return answerCall({ ...match, book: undefined, document: undefined });
  if (book === undefined) return answerCall(match);
  if (operation.name === 'book-status')
    return isCall ? shownStatus(scriptOf(context, book), match) : answerCall(match);
  if (operation.family !== 'analytics') return answerCall(match);
  return oddAnalytics(scriptOf(context, book), match) ?? answerCall(match);
}

/** An API that lags shows for a while what it has shown last. */
function shownStatus(script: BookScript, match: Match): Reply {
  const reply = answerCall(match);
  if (reply.state !== 'available') return reply;
  if (match.now < script.shownUntil && script.shownText !== undefined) return available(script.shownText);
  script.shownText = reply.body;
  script.wasShown = true;
  return reply;
}

/** Call it when Book status, or a result, has changed. Between two lags, the current state is shown once. */
export function drawLag(script: BookScript): void {
  const { context, random } = script;
  if (context.profile.lags !== true || !script.wasShown || !random.chance(0.3)) return;
  script.wasShown = false;
  script.shownSince = context.model.now();
  script.shownUntil = context.model.now() + span(random, SECOND, 5 * MINUTE);
}

/** @returns `undefined` where the answer is as documented. */
function oddAnalytics(script: BookScript, match: Match): Reply | undefined {
  const { oddity, slowAnswered, book } = script;
  const { operation, account, query, isCall } = match;
  const isThere = book.analytics.isReady && book.analytics.rows > 0;
  if (oddity === 'none' || !isThere || refusalOf(match) !== undefined) return undefined;
  if (isPermanentlyRefused(script)) return account.refusals.unsupported;
  const isSlow = oddity === 'slow' || oddity === 'slow-forever';
  const { kind } = operation;
  if (!isSlow || kind === undefined || slowAnswered.has(kind)) return undefined;
  if (query.get('async') === 'true') return undefined;
  if (isCall && oddity === 'slow') slowAnswered.add(kind);
  return account.refusals.tooLong;
}

/** The answer has a code that is documented as permanent. */
export function isPermanentlyRefused({ oddity, passedAt }: BookScript): boolean {
  return oddity === 'unsupported' || (oddity === 'passing' && passedAt === 0);
}

/** A job takes 1 minute to 20 hours, and one in 20 is lost on its way. */
export function jobLife(context: ScriptContext, book: Book, kind: Kind, nth: number): JobLife {
  const dice = mix(book.hash, nth);
  const duration = MINUTE * ((20 * HOUR) / MINUTE) ** (dice / 0x1_0000_0000);
  const isLost = mix(dice, 1) % 20 === 0;
  const now = context.model.now();
  return {
    id: `${hex(dice)}-${hex(mix(dice, 2)).slice(4)}-4000-8000-${hex(nth).padStart(12, '0')}`,
    readyAt: now + Math.round(duration),
    expiresAt: now + (isLost ? Math.round(duration / 2) : DAY),
    fails: failsOnce(scriptOf(context, book), kind),
  };
}

const hex = (value: number) => value.toString(16).padStart(8, '0');

/** The first jobs of a `failing` book, one to three of each kind. */
function failsOnce({ oddity, startedJobs, book }: BookScript, kind: Kind): boolean {
  if (oddity !== 'failing') return false;
  const started = startedJobs.get(kind) ?? 0;
  startedJobs.set(kind, started + 1);
  return started < failingJobs(book);
}

/** How many jobs have failed; 0 once one that does not fail was started. */
export function failedJobs({ startedJobs, book }: BookScript, kind: Kind): number {
  const started = startedJobs.get(kind) ?? 0;
  return started <= failingJobs(book) ? started : 0;
}

function failingJobs({ hash }: Book): number {
  return 1 + (hash % 3);
}

const TOKEN_LIFETIME_SECONDS = 86_400;

/** Answers of a misconfigured proxy in front of Ocrolus. They have no code. */
const UNCODED: readonly Reply[] = [
  FORBIDDEN,
  refusal(404, { message: 'Not Found' }),
  refusal(403, '<html><head><title>403 Forbidden</title></head></html>'),
  refusal(404, ''),
];

const TOKEN_REFUSALS: readonly Reply[] = [
  refusal(400, { error: 'access_denied', error_description: 'Unauthorized' }),
  refusal(401, { error: 'access_denied', error_description: 'Unauthorized' }),
  refusal(403, { error: 'unauthorized_client', error_description: 'Grant type not allowed for the client' }),
];

interface Window {
  readonly from: number;
  readonly until: number;
  /** `undefined`: all accounts. */
  readonly account: string | undefined;
}

function inForce<T extends Window>(windows: readonly T[], name: string, now: number): T | undefined {
  return windows.find(
    ({ from, until, account }) => now >= from && now < until && (account === undefined || account === name),
  );
}

/** Tokens, credentials, calls per second, and times of refusals. */
export class Access {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { readonly account: Account; readonly endsAt: number }>();
  readonly #revoked = new Set<Account>();
  readonly #refusals: (Window & { readonly reply: Reply })[] = [];
  readonly #hidden: Window[] = [];
  readonly #recent: number[] = [];
  #issued = 0;

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** @param accountName whose credentials are sent. @param format how; absent: as the account accepts them. */
  issueToken(accountName: string, format?: AccountHabits['tokenFormat']): Reply {
    const account = this.#registry.accounts.get(accountName);
    this.#issued += 1;
    const accepted = account?.habits.tokenFormat ?? format;
    if (format !== undefined && format !== accepted) return FORMAT_REFUSED;
    if (account === undefined || this.#revoked.has(account))
      return TOKEN_REFUSALS[this.#issued % TOKEN_REFUSALS.length] ?? FORBIDDEN;
    const access_token = `simulated.${accountName}.${this.#issued}`;
    this.#tokens.set(access_token, { account, endsAt: this.#now() + TOKEN_LIFETIME_SECONDS * SECOND });
    return available({ access_token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS });
  }

  /** @returns whose token it is, while it is valid. */
  accountOf(token: string | undefined): Account | undefined {
    const known = this.#tokens.get(token ?? '');
    return known !== undefined && this.#now() < known.endsAt ? known.account : undefined;
  }

  /** Revoking credentials ends their tokens early; new ones are needed afterwards. */
  setCredentials(accountName: string, isValid: boolean): void {
    const account = this.#registry.account(accountName);
    if (isValid) this.#revoked.delete(account);
    else this.#revoked.add(account);
    for (const [token, known] of this.#tokens) if (known.account === account) this.#tokens.delete(token);
  }

  /** Counts a call. @returns how many calls the last second had, this one and refused ones included. */
  countCall(): number {
    const now = this.#now();
    while ((this.#recent[0] ?? now) <= now - SECOND) this.#recent.shift();
    return this.#recent.push(now);
  }

  /** Every call, of one account or of all, is answered 403 or 404 without a code. */
  forbid(from: number, until: number, account?: string): void {
    const reply = UNCODED[Math.floor(from / SECOND) % UNCODED.length] ?? FORBIDDEN;
    this.#refusals.push({ from, until, account, reply });
  }

  forbidden({ name }: Account): Reply | undefined {
    return inForce(this.#refusals, name, this.#now())?.reply;
  }

  /** Calls about books and documents of an account are answered that there are none. */
  hideBooks(from: number, until: number, account: string): void {
    this.#hidden.push({ from, until, account });
  }

  isHidden({ name }: Account): boolean {
    return inForce(this.#hidden, name, this.#now()) !== undefined;
  }
}
