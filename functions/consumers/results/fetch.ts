import type { Entry } from '../../../shared/checklist/entry.ts';
import type { AnswerClass } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import type { Reply } from '../../../shared/ocrolus/client.ts';
import type { Book, WriteOutcome } from '../../../shared/store/books.ts';
import type { PageSet } from '../../../shared/store/items.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { isLarge, type ResultAnswer, type ResultReply, summarizableJson } from './outline.ts';
import { summarize } from './summaries.ts';

/** What to fetch, and for which book as it was before asking. */
export interface FetchTarget {
  readonly kind: ResultKind;
  readonly bookUuid: string;
  readonly subject: string;
  /** The book's, read before asking. */
  readonly generation: number;
  /** The entry of the checklist that is being answered. */
  readonly entry: Entry | undefined;
  /** For a result of the book as a whole: the book as it was before asking. */
  readonly book?: Pick<Book, 'endedAt'>;
  /** Another uuid of the document, under which its forms or signals may be filed (docs/ocrolus.md#document-ids). */
  readonly docUuid?: string | undefined;
  /** The document's, as Book status has it. */
  readonly docPk?: string | undefined;
}

/** What Detect said about one document. */
export interface DetectState {
  readonly docUuid: string;
  readonly state: string;
}

/** The answer to the request for a result. */
export type Fetched = AnswerClass & {
  /** When the request started. */
  readonly askedAt: string;
  /** The event for which the answer was made, where it is earlier than the events of the batch. */
  readonly covers?: string | undefined;
  /** Whether the table changed, where something was stored. */
  readonly written?: WriteOutcome | undefined;
  /** The documents that an answer of Detect is about. */
  readonly documents?: readonly DetectState[];
  /** Documents that Detect is still processing. */
  readonly pending?: readonly string[];
};

/** Asks for one kind of result and stores the answer. @throws Failure `retry` for a passing fault. */
export type Fetch = (context: DeliveryContext, target: FetchTarget) => Promise<Fetched>;

/** What a reply without a result means for the entry. */
export function toFetched(reply: Exclude<Reply<unknown>, { kind: 'ok' }>): Fetched {
  const { kind, code, askedAt } = reply;
  return { class: kind === 'rejected' ? 'refused' : kind, code, askedAt };
}

/** Makes one call after the other, up to the first that Ocrolus does not refuse. @returns the reply to the last one. */
export async function askInTurn(
  context: DeliveryContext,
  bookId: string,
  [first, ...others]: readonly [Call, ...Call[]],
): Promise<ResultReply> {
  let reply = await context.fetch(bookId, first);
  for (const call of others) {
    if (reply.kind === 'ok' || reply.kind === 'not-yet') break;
    reply = await context.fetch(bookId, call);
  }
  return reply;
}

/** Fetches a result that is the whole answer of one call. */
export function fetchOne(call: (target: FetchTarget) => Call): Fetch {
  return async (context, target) => {
    const reply = await context.fetch(target.bookUuid, call(target));
    return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(reply);
  };
}

/**
 * Stores an answer as the result that was asked for, once per batch and generation of the book.
 *
 * @param set of a result in several pages.
 */
export async function store(
  context: DeliveryContext,
  { bookUuid, kind, subject, generation }: Pick<FetchTarget, 'bookUuid' | 'kind' | 'subject' | 'generation'>,
  answer: ResultAnswer,
  set?: PageSet,
): Promise<Fetched> {
  if (!isLarge(answer) && !isResult(answer.json))
    return { class: 'not-yet', code: 'no-result', askedAt: answer.askedAt };
  const { batch, dependencies } = context;
  const { table, bodies } = dependencies.ports;
  const key = `result ${bookUuid} ${kind} ${subject} ${generation} ${answer.askedAt}`;
  const written = await batch.once(key, () =>
    writeResult(table, bodies, {
      bookId: bookUuid,
      kind,
      subject,
      operation: answer.operation,
      body: answer.body,
      fetchedAt: answer.askedAt,
      generation,
      summary: summarize(kind, summarizableJson(answer)),
      ...(set !== undefined && { set }),
      expires: dependencies.settings.RESULT_DAYS !== undefined,
    }),
  );
  // According to the clocks, something newer is stored. Another request shows which of the two is right.
  if (written === 'stale') return { class: 'not-yet', code: 'older-than-stored', askedAt: answer.askedAt };
  return { class: 'stored', askedAt: answer.askedAt, written };
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

/** Which class wins among several answers: a result that is not ready outranks one that is stored. */
const RANK: Record<Fetched['class'], number> = {
  suppressed: 4,
  'not-yet': 3,
  refused: 2,
  permanent: 1,
  stored: 0,
};

/** Combines several answers that are one result: the worst class, with the earliest time. */
export function combine(all: readonly [Fetched, ...Fetched[]]): Fetched {
  const worst = all.reduce((a, b) => (RANK[b.class] > RANK[a.class] ? b : a));
  const askedAt = all.map((one) => one.askedAt).reduce((a, b) => (a < b ? a : b));
  const written = all.some((one) => one.written === 'applied') ? 'applied' : worst.written;
  return { ...worst, askedAt, written };
}
