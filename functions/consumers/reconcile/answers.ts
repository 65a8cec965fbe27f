import type { Entry } from '../../../shared/checklist/entry.ts';
import { CLOCK_SKEW_MS } from '../../../shared/checklist/opening.ts';
import type { Answered } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Want } from '../../../shared/events/envelope.ts';
import { asFailure, type Failure } from '../../../shared/failure.ts';
import type { Book, WriteOutcome } from '../../../shared/store/books.ts';
import { isOnlyMissing } from '../../../shared/store/polling/circuits.ts';
import { iso } from '../../../shared/time.ts';
import type { Fetched, FetchTarget } from '../results/fetch.ts';
import { FETCHERS } from '../results/fetchers.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';

/** How a delivery handles a result that Ocrolus does not answer now. */
export interface Patience {
  /** Whether the message itself may be delivered again in some seconds for a result that is not ready. */
  readonly mayRetrySoon: boolean;
  /** Whether a failure that lasts is left to the poller. */
  readonly handsOver: (failure: Failure) => boolean;
}

/** One result that was asked for, with the answer. */
export interface AnsweredWant {
  readonly want: Want;
  /** The book's generation or the document's version, read before asking. */
  readonly version: number;
  readonly answered: Answered;
  readonly fetched: Fetched;
}

/** Everything that was asked for about one delivery. */
export class Answers {
  readonly all: AnsweredWant[] = [];
  readonly written: WriteOutcome[] = [];
  /** The first failure for which the message is delivered again. */
  failure: Failure | undefined;

  add(answer: AnsweredWant): void {
    this.all.push(answer);
    if (answer.fetched.written !== undefined) this.written.push(answer.fetched.written);
  }

  /** Replaces an answer by a more precise one. */
  replace(answer: AnsweredWant, by: AnsweredWant): void {
    this.all[this.all.indexOf(answer)] = by;
  }

  /** Answers that leave something missing. */
  get open(): AnsweredWant[] {
    return this.all.filter(({ answered }) => answered.class !== 'stored' && answered.class !== 'permanent');
  }

  /** Codes of the results that were not stored, without repetitions. */
  get codes(): string[] {
    const codes = this.all.flatMap(({ answered }) => ('code' in answered ? [answered.code] : []));
    return [...new Set(codes)];
  }
}

/**
 * Asks for one result, once per batch, unless the circuit of its kind is open. A passing failure is kept in
 * `answers.failure`, so that it does not hold up the other results.
 */
export async function askFor(
  context: DeliveryContext,
  answers: Answers,
  target: FetchTarget & {
    readonly version: number;
    /** The event itself is about this kind. */
    readonly isAnnounced?: boolean;
  },
  patience: Patience,
): Promise<AnsweredWant | undefined> {
  const { kind, subject, version } = target;
  const { opens } = context;
  const { covers } = context.batch;
  const want = { kind, subject };
  const record = (fetched: Fetched): AnsweredWant => {
    const answer = {
      want,
      version,
      fetched,
      answered: {
        ...fetched,
        covers: fetched.covers ?? covers,
        opens,
        isEarly: target.book !== undefined && isEarly(target.book, target.entry, fetched),
        hasReplaced: fetched.written === 'applied',
      },
    };
    answers.add(answer);
    return answer;
  };
  try {
    if (!(await mayAsk(context, kind, target.isAnnounced === true))) {
      return record({ class: 'suppressed', askedAt: iso(context.now) });
    }
    const key = `want ${target.bookUuid} ${kind} ${subject} ${version}`;
    const fetched = await context.batch.once(key, async () => {
      const one = await FETCHERS[kind](context, target);
      await countForCircuit(context, kind, one);
      return one;
    });
    return record(fetched);
  } catch (error) {
    const failure = asFailure(error);
    if (patience.handsOver(failure)) {
      const askedAt = iso(context.now);
      return record({ class: 'refused', code: failure.code, askedAt });
    }
    answers.failure ??= failure;
    return undefined;
  }
}

/** What a job computed is as old as the start of the job, by the clock that recorded it. */
function isEarly(
  { endedAt }: Pick<Book, 'endedAt'>,
  entry: Entry | undefined,
  { askedAt }: Fetched,
): boolean {
  if (endedAt === undefined) return true;
  return askedAt === entry?.jobAt && Date.parse(askedAt) < Date.parse(endedAt) + CLOCK_SKEW_MS;
}

/** Whether the circuit of the kind allows a call. */
export async function mayAsk(
  { dependencies, account, envelope }: DeliveryContext,
  kind: ResultKind,
  isAnnounced: boolean,
): Promise<boolean> {
  if (envelope.canaries?.includes(kind) === true) return true;
  const { circuits } = dependencies;
  const circuit = await circuits.state(account, kind);
  if (circuit.state === 'closed' || (isAnnounced && isOnlyMissing(circuit))) return true;
  return circuit.state === 'canary' && circuits.takeCanary(account, kind);
}

async function countForCircuit(
  { dependencies, account, bookId }: DeliveryContext,
  kind: ResultKind,
  fetched: Fetched,
): Promise<void> {
  const { circuits } = dependencies;
  if (fetched.class === 'refused') await circuits.refused(account, kind, fetched.code, bookId);
  else await circuits.answered(account, kind);
}

/** The time that an answer stands for: no earlier than the events that were in hand when it was asked for, whatever their clocks. */
export function asOf({ askedAt, covers = '' }: Answered, receivedAt = ''): string {
  return [askedAt, covers, receivedAt].reduce((one, other) => (other > one ? other : one));
}

/** Whether an entry is waiting for an answer. */
export function isWaiting(entry: Entry | undefined): boolean {
  return (
    entry === undefined || entry.state === 'wanted' || entry.state === 'pending' || entry.state === 'probe'
  );
}
