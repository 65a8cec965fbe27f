import { afterAnswer } from '../checklist/answer.ts';
import { isCaptureKind } from '../checklist/kinds.ts';
import { isDue, isOpen, isSuppressed, type Line, type Rules } from '../checklist/lines.ts';
import { DETECT_RESULTS } from '../events/catalog/entry.ts';
import { asFailure } from '../failure.ts';
import { isOfOcrolus, isThrottling } from '../ocrolus/failures.ts';
import { Slots } from '../rate-limit/slots.ts';
import type { Book } from '../store/books.ts';
import { type Document, updateDocument } from '../store/documents.ts';
import { errorFields } from '../telemetry/log.ts';
import { iso } from '../time.ts';
import type { Context } from './context.ts';
import { applyBookSignals, withDetect } from './detect.ts';
import { markAtOnce, markDerived } from './mark.ts';
import type { Fetched, FetchTarget } from './results/fetch.ts';
import { FETCHERS } from './results/fetchers.ts';

/**
 * Selects the lines that may be asked for. If the circuit of a kind is open, one line an hour is allowed, in
 * whichever reconcile takes it: the canary, which finds out whether the kind is served.
 */
export async function allowedLines(
  { dependencies: { circuits }, account }: Context,
  lines: readonly Line[],
  rules: Rules,
): Promise<Line[]> {
  const allowed: Line[] = [];
  const taken = new Set<string>();
  for (const line of lines) {
    const { kind } = line.want;
    if (line.isServed && !isSuppressed(line, rules)) allowed.push(line);
    else if (rules.circuit(kind).state === 'canary' && !taken.has(kind)) {
      taken.add(kind);
      if (await circuits.takeCanary(account, kind)) allowed.push(line);
    }
  }
  return allowed;
}

/** True if a look asks for a line: it is due, or may be the canary of a kind that is not served. */
export function isForLook(line: Line, isUrgent: boolean, rules: Rules): boolean {
  if (!line.isServed)
    return line.entry.answered < line.wanted && rules.circuit(line.want.kind).state === 'canary';
  // A failed job keeps its pauses even if urgent, because it has only a few starts.
  const hasFailed = line.entry.job?.failures !== undefined && line.entry.job.id === undefined;
  if (!isUrgent || hasFailed) return isDue(line, rules.now);
  return isOpen(line) || line.entry.nextAt !== undefined;
}

/** One result that was asked for, with its answer. */
export interface Asked {
  readonly line: Line;
  readonly answer: Fetched;
}

export interface AskedAll {
  readonly asked: readonly Asked[];
  /** The documents, including their answers. */
  readonly documents: ReadonlyMap<string, Document>;
  /** Some lines were not asked for, because there was no permit. */
  readonly isThrottled: boolean;
  /** Some lines were not asked for, because others took the time. */
  readonly isUnfinished: boolean;
}

/** Maximum number of documents, or results of the book, that are asked for at the same time. */
const AT_ONCE = 4;

/** Time before the deadline in which nothing is started. */
const RESERVE_MS = 10_000;

/**
 * Asks for results, stores them, and writes the answers about documents; `settle` writes those about the book. Lines
 * without time or permit stay marked and due.
 *
 * @throws the error of the table or the bucket, when everything that was started has ended.
 */
export async function askAll(
  context: Context,
  {
    book,
    documents: known,
    isObserved,
  }: {
    readonly book: Book;
    readonly documents: ReadonlyMap<string, Document>;
    /** True if all documents of Book status are stored. */
    readonly isObserved: boolean;
  },
  lines: readonly Line[],
): Promise<AskedAll> {
  const asked: Asked[] = [];
  const documents = new Map(known);
  let isThrottled = false;
  let isUnfinished = false;
  const lateBefore = iso(context.now - context.timing.times.repetition);
  const ask = async (line: Line, document: Document | undefined) => {
    // Called for a body that differs: derived results may have been computed from the previous body, even since the
    // last such mark. A first body counts too if its document was finished some time ago, and may have been corrected
    // since.
    const beforeChange = async (isFirst: boolean) => {
      if (!isFirst || (document !== undefined && document.observedAt < lateBefore))
        await markDerived(context, isFirst);
    };
    const answer = await askFor(context, line, {
      generation: book.generation,
      docUuid: document?.otherUuid,
      docPk: document?.docPk,
      ...(isCaptureKind(line.want.kind) && { beforeChange }),
    });
    if (answer === undefined) {
      isThrottled = true;
      return;
    }
    const isOfDetect = document === undefined && DETECT_RESULTS.some((kind) => kind === line.want.kind);
    asked.push({
      line,
      answer: isOfDetect ? await applyBookSignals(context, book, answer, isObserved) : answer,
    });
  };
  const askAbout = async (group: readonly Line[], document: Document | undefined) => {
    if (isThrottled) return;
    if (context.now > context.deadline - RESERVE_MS) {
      isUnfinished = asked.length > 0;
      return;
    }
    await allEnded(group.map((line) => ask(line, document)));
    if (document === undefined) return;
    const own = asked.filter(({ line }) => group.includes(line));
    if (own.length === 0) return;
    documents.set(document.docUuid, await writeAnswers(context, document, own));
  };
  const slots = new Slots(AT_ONCE);
  const groups = Map.groupBy(lines, ({ want }) =>
    known.has(want.subject) ? want.subject : `${want.kind} ${want.subject}`,
  );
  await allEnded([...groups].map(([subject, group]) => slots.run(() => askAbout(group, known.get(subject)))));
  return { asked, documents, isThrottled, isUnfinished };
}

/** @throws the first failure, once all have ended: nothing continues in the background. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

async function writeAnswers(
  { table, timing }: Context,
  document: Document,
  asked: readonly Asked[],
): Promise<Document> {
  const written = await updateDocument(
    table,
    document,
    (current) => {
      if (current === undefined) return current;
      let next = current;
      for (const { line, answer } of asked) {
        const { kind } = line.want;
        const entry = afterAnswer(current.entries[kind], answer, timing);
        next = { ...next, entries: { ...next.entries, [kind]: entry } };
        const detect = answer.documents?.find(({ docUuid }) => docUuid === document.docUuid);
        if (detect !== undefined) next = withDetect(next, { state: detect.state, at: answer.at });
      }
      return next;
    },
    document,
  );
  return written ?? document;
}

/**
 * Asks for one result and stores it. Failures of Ocrolus and bugs of this project become answers, so that they do not hold up
 * other results.
 *
 * @returns `undefined`: there was no permit, and nothing was asked.
 * @throws the error of the table or the bucket.
 */
async function askFor(
  context: Context,
  { want, wanted, entry }: Line,
  more: Pick<FetchTarget, 'generation' | 'docUuid' | 'docPk' | 'beforeChange'>,
): Promise<Fetched | undefined> {
  const startedAt = iso(context.now);
  try {
    const fetched = await FETCHERS[want.kind](context, { ...want, wanted, entry, ...more });
    await countForCircuit(context, want.kind, fetched);
    if (fetched.marks !== undefined) await markAtOnce(context, fetched.marks);
    return fetched;
  } catch (error) {
    const asked = { wanted, at: startedAt };
    const failure = asFailure(error);
    if (isThrottling(failure)) return undefined;
    if (isOfOcrolus(failure)) return { class: 'failed', code: failure.code, ...asked };
    if (!isBug(error)) throw error;
    context.log.error('result not processed', { kind: want.kind, ...errorFields(error) });
    context.dependencies.metrics.count('AnswerNotProcessed', {});
    return { class: 'refused', code: failure.code, isBug: true, ...asked };
  }
}

async function countForCircuit(
  { dependencies: { circuits }, account, bookId }: Context,
  kind: string,
  fetched: Fetched,
): Promise<void> {
  if (fetched.class === 'refused' && fetched.isServed !== true)
    await circuits.refused(account, kind, fetched.code, bookId);
  else await circuits.answered(account, kind, fetched.class !== 'not-yet');
}

/** True for an error that no port throws. */
function isBug(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    (error instanceof Error && error.name === 'ZodError')
  );
}
