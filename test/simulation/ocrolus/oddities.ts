import type { Book, Kind } from '../../../infra/local/ocrolus/model/book.ts';
import { refusalOf } from '../../../infra/local/ocrolus/model/calls.ts';
import type { JobLife } from '../../../infra/local/ocrolus/model/jobs.ts';
import type { Match } from '../../../infra/local/ocrolus/model/model.ts';
import { available, type Reply } from '../../../infra/local/ocrolus/model/reply.ts';
import { type BookScript, type ScriptContext, scriptOf } from './life/script.ts';
import { DAY, HOUR, MINUTE, mix, SECOND, span } from './random.ts';

/*
 * Behaviour that Ocrolus does not document: old answers, temporary refusals, jobs that fail or are lost.
 */

/** Answers a call, by `next` where the answer is as documented. */
export function intervene(context: ScriptContext, match: Match, next: (match: Match) => Reply): Reply {
  const { book, operation, isCall } = match;
  if (isCall && context.isHidden(match.account))
    return next({ ...match, book: undefined, document: undefined });
  if (book === undefined) return next(match);
  if (operation.name === 'book-status')
    return isCall ? shownStatus(scriptOf(context, book), match, next) : next(match);
  if (operation.family !== 'analytics') return next(match);
  return oddAnalytics(scriptOf(context, book), match) ?? next(match);
}

/** An API that lags shows for a while what it has shown last. */
function shownStatus(script: BookScript, match: Match, next: (match: Match) => Reply): Reply {
  const reply = next(match);
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
