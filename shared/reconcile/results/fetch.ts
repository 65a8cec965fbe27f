import { type Answer, isLater } from '../../checklist/answer.ts';
import type { Entry } from '../../checklist/entry.ts';
import type { ResultKind, Want } from '../../events/result-kinds.ts';
import type { Call } from '../../ocrolus/calls.ts';
import type { Reply } from '../../ocrolus/client.ts';
import type { WriteOutcome } from '../../store/books.ts';
import type { PageSet } from '../../store/items.ts';
import { writeResult } from '../../store/results.ts';
import type { Context } from '../context.ts';
import { isLarge, type ResultAnswer, type ResultReply, summarizableJson } from './outline.ts';
import { summarize } from './summaries.ts';

/** What to fetch, with what was read before asking. */
export interface FetchTarget {
  readonly kind: ResultKind;
  readonly subject: string;
  /** The mark that the answer counts for. */
  readonly wanted: number;
  /** The book's generation. */
  readonly generation: number;
  readonly entry: Entry;
  /** Another uuid of the document, under which its forms or signals may be filed (docs/ocrolus.md#document-ids). */
  readonly docUuid?: string | undefined;
  /** The document's, as Book status has it. */
  readonly docPk?: string | undefined;
  /** Called before a body is stored that differs from the one before, or is the first. */
  readonly beforeChange?: (isFirst: boolean) => Promise<void>;
}

/** What Detect said about one document. */
export interface DetectState {
  readonly docUuid: string;
  readonly state: string;
}

/** The answer to the request for a result. */
export type Fetched = Answer & {
  /** Whether the table changed, where something was stored. */
  readonly written?: WriteOutcome | undefined;
  /** What Detect said about documents, and which it is still processing. */
  readonly documents?: readonly DetectState[];
  readonly pending?: readonly string[];
  /** A part of the result was answered: the refusal of another part says nothing about the kind. */
  readonly isServed?: boolean;
  /** Another result that takes the place of this one: marked before the answer is written. */
  readonly marks?: readonly Want[];
};

/** Asks for one kind of result and stores the answer. @throws Failure `retry` for a passing fault. */
export type Fetch = (context: Context, target: FetchTarget) => Promise<Fetched>;

/** What a reply without a result means for the entry. */
export function toFetched(
  { wanted }: Pick<FetchTarget, 'wanted'>,
  { kind, code, askedAt }: Exclude<Reply<unknown>, { kind: 'ok' }>,
): Fetched {
  return { class: kind === 'rejected' ? 'refused' : kind, code, wanted, at: askedAt };
}

/** Makes one call after the other, up to the first that Ocrolus does not refuse. @returns the reply to the last one. */
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
 * Stores an answer as the result that was asked for. If a later one is stored already, the entry takes that one's mark and time.
 *
 * @param set of a result in several pages.
 */
export async function store(
  context: Context,
  target: Pick<FetchTarget, 'kind' | 'subject' | 'wanted' | 'generation' | 'entry' | 'beforeChange'>,
  answer: ResultAnswer,
  set?: PageSet,
): Promise<Fetched> {
  const { kind, subject, wanted, generation, entry, beforeChange } = target;
  const asked = { wanted, at: answer.askedAt };
  if (!isLarge(answer) && !isResult(answer.json)) return { class: 'not-yet', code: 'no-result', ...asked };
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
    ...(set !== undefined && { set }),
    expires: settings.RESULT_DAYS !== undefined,
    isReplacement: entry.state === 'stored',
    ...(beforeChange !== undefined && { beforeChange }),
  });
  return { class: 'stored', ...answers, written: outcome };
}

/** Keys of a body that is only an error message. */
const MESSAGE_KEYS = new Set(['message', 'error', 'errors', 'detail', 'status', 'code', 'meta']);

/**
 * Ocrolus may answer 200 with `null`, or with an error that is only a message (docs/ocrolus.md#envelopes). A body with
 * other keys is a result, even an empty one.
 */
function isResult(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const fields = Object.entries(json);
  const isData = ([key, value]: [string, unknown]) =>
    key === 'response' ? value !== null : !MESSAGE_KEYS.has(key);
  return fields.length === 0 || fields.some(isData);
}

/** Which class wins among several answers: a result that is not ready outranks one that is stored, and that one what there is not. */
const RANK: Record<Fetched['class'], number> = {
  failed: 5,
  'job-failed': 4,
  'not-yet': 3,
  refused: 2,
  stored: 1,
  permanent: 0,
};

/** Combines several answers that are one result: the worst class, with the earliest mark and time. */
export function combine(all: readonly [Fetched, ...Fetched[]]): Fetched {
  const worst = all.reduce((a, b) => (RANK[b.class] > RANK[a.class] ? b : a));
  const earliest = all.reduce((a, b) => (isLater(a, b) ? b : a));
  const written = all.some((one) => one.written === 'applied') ? 'applied' : worst.written;
  const isServed = all.some((one) => one.class !== 'refused');
  return { ...worst, wanted: earliest.wanted, at: earliest.at, written, isServed };
}
