import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/settings.ts';
import type { Violations } from '../violations.ts';

/** How many calls it takes to ask once: a document's signals are under two addresses (shared/ocrolus/calls.ts). */
const ADDRESSES: Readonly<Record<string, number>> = { 'doc-fraud-signals': 2 };

/** The calls about one book, or a job or request that names no book, in one day of virtual time. */
interface BookDay {
  /** Or the id of the job or request. */
  readonly bookUuid: string;
  /** Since the epoch. */
  readonly day: number;
  /** By operation and subject. */
  readonly calls: Map<string, { readonly call: SimulatedCall; count: number }>;
  /** What has given cause for calls, in this day and in the one before. */
  readonly causes: number;
}

interface Current {
  day: number;
  calls: BookDay['calls'];
  causes: number;
  causesBefore: number;
}

/** Counts calls and their causes by book and day. */
export class BookDays {
  readonly #current = new Map<string, Current>();
  readonly #onEnd: (bookDay: BookDay) => void;

  /** @param onEnd gets each day of a book with calls, once it is over. */
  constructor(onEnd: (bookDay: BookDay) => void) {
    this.#onEnd = onEnd;
  }

  call(call: SimulatedCall, now: number): void {
    const { calls } = this.#at(call.bookUuid === '' ? call.subject : call.bookUuid, now);
    const key = `${call.operation.name} ${call.subject}`;
    const known = calls.get(key);
    if (known === undefined) calls.set(key, { call, count: 1 });
    else known.count += 1;
  }

  /** Something has happened that calls about a book may follow. */
  cause(bookUuid: string, now: number): void {
    this.#at(bookUuid, now).causes += 1;
  }

  /** Ends all days. */
  end(): void {
    for (const [bookUuid, current] of this.#current) this.#endDay(bookUuid, current);
    this.#current.clear();
  }

  #at(bookUuid: string, now: number): Current {
    const day = Math.floor(now / DAY);
    const known = this.#current.get(bookUuid);
    if (known?.day === day) return known;
    if (known !== undefined) this.#endDay(bookUuid, known);
    const causesBefore = known?.day === day - 1 ? known.causes : 0;
    const next: Current = { day, calls: new Map(), causes: 0, causesBefore };
    this.#current.set(bookUuid, next);
    return next;
  }

  #endDay(bookUuid: string, { day, calls, causes, causesBefore }: Current): void {
    if (calls.size > 0) this.#onEnd({ bookUuid, day, calls, causes: causes + causesBefore });
  }
}

/**
 * The most calls of one operation about one book, document or other subject in one day: so many in any case, and so
 * many more for each cause (a delivery, a change of the book's status, a document that is processed again) of
 * that day and the one before.
 */
interface Bound {
  readonly inAnyCase: number;
  readonly perCause: number;
}

interface Bounds {
  readonly status: Bound;
  readonly result: Bound;
  readonly job: Bound;
}

/**
 * While nothing goes wrong. A book in progress is looked at after half of the time since it last changed (docs/design.md#the-poller), and a
 * result that is not there is asked for with pauses that double (docs/design.md#what-an-answer-means), from the shortest to the longest pause that
 * the stage sets. An event asks up to three times in a row, and makes the pauses short again. A job is asked for every hour, and
 * is started again where it was lost.
 */
function quietBounds({ poll: { minSeconds, maxSeconds } }: Stage): Bounds {
  const rare = (1.25 * 86_400) / maxSeconds;
  const doublings = Math.log2(maxSeconds / minSeconds);
  return {
    status: { inAnyCase: Math.ceil(8 + 3 * doublings + rare), perCause: 6 },
    result: { inAnyCase: Math.ceil(8 + 1.5 * doublings + rare), perCause: 6 },
    job: { inAnyCase: 60, perCause: 0 },
  };
}

/** While things go wrong, what Ocrolus has answered may be lost on its way, and is asked for again. */
const FAULTS = { factor: 2.5, perCause: 8 };

/** The bounds of the stage that may ask most often. */
function boundsOf(stages: readonly Stage[], isQuiet: boolean): Bounds {
  const all = stages.map(quietBounds);
  const bound = (own: keyof Bounds): Bound => {
    const inAnyCase = Math.max(...all.map((bounds) => bounds[own].inAnyCase));
    const perCause = Math.max(...all.map((bounds) => bounds[own].perCause));
    if (isQuiet) return { inAnyCase, perCause };
    return {
      inAnyCase: Math.ceil(FAULTS.factor * inAnyCase),
      perCause: perCause === 0 ? 0 : FAULTS.perCause,
    };
  };
  return { status: bound('status'), result: bound('result'), job: bound('job') };
}

interface DayOptions {
  /** Nothing has gone wrong on that day or before. */
  readonly isQuiet: boolean;
  readonly stages: readonly Stage[];
}

/** Checks a day of a book, document, job or request. */
export function checkBookDay(
  { bookUuid, day, calls, causes }: BookDay,
  { isQuiet, stages }: DayOptions,
  violations: Violations,
): void {
  const bounds = boundsOf(stages, isQuiet);
  // Each missing result has its own time, and may cause a look of its own.
  let requests = 0;
  for (const { call, count } of calls.values()) {
    if (classOf(call.bookUuid, call.operation.name) !== 'status') requests += count;
  }
  for (const { call, count } of calls.values()) {
    const { operation, subject } = call;
    const own = classOf(call.bookUuid, operation.name);
    const { inAnyCase, perCause } = bounds[own];
    const looks = own === 'status' ? requests : 0;
    const most = (inAnyCase + looks + perCause * causes) * (ADDRESSES[operation.name] ?? 1);
    if (count <= most) continue;
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const allowed = `${most} allowed for ${causes} causes beside ${requests} requests`;
    const about = bookUuid === subject && call.bookUuid === '' ? '' : bookUuid;
    violations.add(
      'too-many-calls-about',
      about,
      `${count} ${operation.name} of ${subject} on ${date}, ${allowed}`,
    );
  }
}

function classOf(bookUuid: string, operation: string): keyof Bounds {
  if (bookUuid === '') return 'job';
  return operation === 'book-status' ? 'status' : 'result';
}
