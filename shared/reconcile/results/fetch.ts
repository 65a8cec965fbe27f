import { type Answer, isLater } from '../../checklist/answer.ts';
import { hasNoCode, isAboutBook } from '../../checklist/circuit-state.ts';
import type { Entry } from '../../checklist/entry.ts';
import type { ResultKind, Want } from '../../events/result-kinds.ts';
import type { Call } from '../../ocrolus/calls.ts';
import type { Reply } from '../../ocrolus/client.ts';
import type { WriteOutcome } from '../../store/books.ts';
import type { PageSet } from '../../store/items.ts';
import { resultItem } from '../../store/keys.ts';
import { writeResult } from '../../store/results.ts';
import type { Context } from '../context.ts';
import { isLarge, type ResultAnswer, type ResultReply, summarizableJson } from './outline.ts';
import { summarize } from './summaries.ts';

/** A result to fetch, with the state that was read before asking. */
export interface FetchTarget {
  readonly kind: ResultKind;
  readonly subject: string;
  /** Mark that the answer counts for. */
  readonly wanted: number;
  /** Generation of the book. */
  readonly generation: number;
  readonly entry: Entry;
  /** Second uuid of the document, under which its forms or signals may be filed (docs/ocrolus.md#document-ids). */
  readonly docUuid?: string | undefined;
  /** Pk of the document in Book status. */
  readonly docPk?: string | undefined;
  /** Called before a body is stored that is the first, or differs from the stored one. */
  readonly beforeChange?: (isFirst: boolean) => Promise<void>;
}

/** State of one document in Detect. */
export interface DetectState {
  readonly docUuid: string;
  readonly state: string;
}

/** The answer to the request for a result. */
export type Fetched = Answer & {
  /** Effect on the table, if something was stored. */
  readonly written?: WriteOutcome | undefined;
  /** States of documents in Detect, and the documents that it is still processing. */
  readonly documents?: readonly DetectState[];
  readonly pending?: readonly string[];
  /** True if this project cannot process the answer. */
  readonly isBug?: boolean;
  /** True if a part of the result was answered: then the refusal of another part does not concern the kind. */
  readonly isServed?: boolean;
  /** Results that replace this one; they are marked before the answer is written. */
  readonly marks?: readonly Want[];
};

/** Code: some parts of the result are stored, and the others were not reached in time. */
export const PAGES_LEFT = 'pages-left';

/** Asks for one kind of result and stores the answer. @throws Failure `retry` for a passing fault. */
export type Fetch = (context: Context, target: FetchTarget) => Promise<Fetched>;

/** Converts a reply without a result to an answer for the entry. */
export function toFetched(
  { wanted }: Pick<FetchTarget, 'wanted'>,
  { kind, code, askedAt }: Exclude<Reply<unknown>, { kind: 'ok' }>,
): Fetched {
  return { class: kind === 'rejected' ? 'refused' : kind, code, wanted, at: askedAt };
}

/**
 * True if a refusal says that the book lacks something, which is then final: by a code of Ocrolus, or for a day without one,
 * because a proxy answers 404, too.
 */
export function isLacking(
  { kind, code }: Exclude<Reply<unknown>, { kind: 'ok' }>,
  { entry, wanted }: FetchTarget,
  { now, timing }: Context,
): boolean {
  if (kind !== 'refused' || !isAboutBook(code)) return false;
  const { tried, since = '' } = entry;
  return !hasNoCode(code) || (tried === wanted && now - Date.parse(since) >= timing.times.day);
}

/** Makes calls in turn, up to the first with a result or one that is not ready. @returns the last reply. */
export async function askInTurn(
  context: Context,
  [first, ...others]: readonly [Call, ...Call[]],
): Promise<ResultReply> {
  let reply = await context.fetch(first);
  for (const call of others) {
    if (reply.kind === 'ok' || reply.kind === 'not-yet') break;
    reply = await context.fetch(call);
  }
  return reply;
}

/** Fetches a result that is the whole answer of one call. */
export function fetchOne(call: (bookUuid: string, subject: string) => Call): Fetch {
  return async (context, target) => {
    const reply = await context.fetch(call(context.bookId, target.subject));
    return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(target, reply);
  };
}

/**
 * Stores an answer as the requested result. If a later one is already stored, the entry gets the mark and time of
 * that one.
 *
 * @param set for a result in several pages.
 */
export async function store(
  context: Context,
  target: Pick<FetchTarget, 'kind' | 'subject' | 'wanted' | 'generation' | 'entry' | 'beforeChange'>,
  answer: ResultAnswer,
  set?: PageSet,
): Promise<Fetched> {
  const { kind, subject, wanted, generation, entry, beforeChange } = target;
  const asked = { wanted, at: answer.askedAt };
  const { contentType } = answer;
  const isJson = contentType === undefined;
  if (isJson && !isLarge(answer) && !isResult(answer.json))
    return { class: 'not-yet', code: 'no-result', ...asked };
  const { ports, settings } = context.dependencies;
  const { outcome, answers } = await writeResult(ports.table, ports.bodies, {
    bookId: context.bookId,
    kind,
    subject,
    operation: answer.operation,
    body: answer.body,
    answers: asked,
    generation,
    summary: summarize(kind, summarizableJson(answer)),
    contentType,
    ...(set !== undefined && { set }),
    expires: settings.RESULT_DAYS !== undefined,
    isReplacement: entry.state === 'stored',
    ...(beforeChange !== undefined && { beforeChange }),
  });
  if (outcome === 'applied') context.storedResults.set(resultItem(kind, subject), { kind, subject });
  return { class: 'stored', ...answers, written: outcome };
}

/** Keys of a body that is only an error message. */
const MESSAGE_KEYS = new Set([
  'message',
  'msg',
  'error',
  'errors',
  'validation_error',
  'detail',
  'status',
  'code',
  'meta',
]);

/**
 * False for `null` and for an error that is only a message, which Ocrolus may send with status 200
 * (docs/ocrolus.md#envelopes). A body with other keys is a result, even an empty one.
 */
function isResult(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const fields = Object.entries(json);
  const isData = ([key, value]: [string, unknown]) =>
    key === 'response' ? value !== null : !MESSAGE_KEYS.has(key);
  return fields.length === 0 || fields.some(isData);
}

/** Precedence of classes when answers are combined: not ready, then stored, then permanently missing. */
const RANK: Record<Fetched['class'], number> = {
  failed: 5,
  'job-failed': 4,
  'not-yet': 3,
  refused: 2,
  stored: 1,
  permanent: 0,
};

/** Combines answers that are parts of one result: the class of highest precedence, with the earliest mark and time. */
export function combine(all: readonly [Fetched, ...Fetched[]]): Fetched {
  const worst = all.reduce((a, b) => (RANK[b.class] > RANK[a.class] ? b : a));
  const earliest = all.reduce((a, b) => (isLater(a, b) ? b : a));
  const written = all.some((one) => one.written === 'applied') ? 'applied' : worst.written;
  const isServed = all.some((one) => one.class !== 'refused');
  return { ...worst, wanted: earliest.wanted, at: earliest.at, written, isServed };
}
