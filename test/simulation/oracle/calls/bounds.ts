import type { Violations } from '../violations.ts';
import { ADDRESSES } from './addresses.ts';
import type { BookDay } from './book-days.ts';

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
 * While nothing goes wrong. A book that has just changed is polled after a quarter of the time since then, from 5
 * minutes to 6 hours: 23 times on the first day, then 4 times (shared/checklist/next-due.ts). A result that is not there
 * is asked for after 5 minutes, doubling up to 6 hours: 10 times on the first day, then 4 times
 * (shared/checklist/transitions.ts), by an event at most three times in a row. An event that announces it again makes
 * these pauses short again: 6 times within a day, and as many polls. A job is asked for every hour.
 */
const QUIET: Bounds = {
  status: { inAnyCase: 24, perCause: 6 },
  result: { inAnyCase: 14, perCause: 6 },
  job: { inAnyCase: 40, perCause: 0 },
};

/**
 * While things go wrong, what Ocrolus has answered may be lost on its way: a poll is repeated 5 minutes later, a message
 * up to ten times before it is left to the poller (functions/consumers/runtime/redelivery.ts). Each repetition that asks for
 * a result may ask Book status again, since what the message carries of it is older than two minutes by then.
 */
const FAULTS: Bounds = {
  status: { inAnyCase: 48, perCause: 6 },
  result: { inAnyCase: 24, perCause: 6 },
  job: { inAnyCase: 80, perCause: 0 },
};

/** Checks a day of a book, document, job or request. @param isQuiet nothing has gone wrong on that day or before. */
export function checkBookDay(
  { bookUuid, day, calls, causes }: BookDay,
  isQuiet: boolean,
  violations: Violations,
): void {
  const bounds = isQuiet ? QUIET : FAULTS;
  const ofResults = [...calls.values()].reduce(
    (sum, { call, count }) => sum + (call.operation.name === 'book-status' ? 0 : count),
    0,
  );
  for (const { call, count } of calls.values()) {
    const { operation, subject } = call;
    const own = classOf(call.bookUuid, operation.name);
    const { inAnyCase, perCause } = bounds[own];
    const repeated = own === 'status' && !isQuiet ? ofResults : 0;
    const most = (inAnyCase + perCause * causes) * (ADDRESSES[operation.name] ?? 1) + repeated;
    if (count <= most) continue;
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    violations.add(
      'too-many-calls-about',
      bookUuid === subject && call.bookUuid === '' ? '' : bookUuid,
      `${count} ${operation.name} of ${subject} on ${date}, ${most} allowed for ${causes} causes`,
    );
  }
}

function classOf(bookUuid: string, operation: string): keyof Bounds {
  if (bookUuid === '') return 'job';
  return operation === 'book-status' ? 'status' : 'result';
}
