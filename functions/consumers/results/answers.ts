import type { Entry } from '../../../shared/checklist/entry.ts';
import type { Answered } from '../../../shared/checklist/transitions.ts';
import type { Want } from '../../../shared/events/envelope.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import type { Fetched } from './fetch.ts';

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
 * The time to which an answer applies: not before the events that had been received when it was requested, whatever the
 * clocks say.
 */
export function asOf({ askedAt, covers = '' }: Answered, receivedAt = ''): string {
  return [askedAt, covers, receivedAt].reduce((one, other) => (other > one ? other : one));
}

/** Whether an entry is waiting for an answer. */
export function isWaiting(entry: Entry | undefined): boolean {
  return (
    entry === undefined || entry.state === 'wanted' || entry.state === 'pending' || entry.state === 'probe'
  );
}
