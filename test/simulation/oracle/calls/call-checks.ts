import type { ReplyState } from '../../../../infra/local/ocrolus/model/reply.ts';
import type { Change, MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/stage.ts';
import type { Switch } from '../../world/switches.ts';
import type { Violations } from '../violations.ts';
import { BookDays, checkBookDay } from './about-books.ts';
import { CircuitCheck } from './circuits.ts';
import { RateCheck } from './rate.ts';

/** A run of the poller every 5 minutes reads of each account's list what is new, and at most ten pages again. */
const MOST_LISTS_A_DAY = 12 * 288;
/** Calls for results per result that is there in the end: answers that are not ready, changes, repetitions, probes. */
const MOST_PER_RESULT = 12;
/** Results of a book that never come, on average: each is asked for after the longest pause, for weeks. */
const NEVER_THERE = 4;
/**
 * Calls that were answered with a result per result that was stored because of it: more is a waste. While things go wrong, an
 * answer may be lost on its way.
 */
const MOST_PER_STORED = { calm: 1.4, noisy: 2 };
/** Calls of Book status: for each look, on average over the life of a book, and for each event and change. */
const MOST_STATUS = { perBookDay: 3, ofLongestPauses: 0.5, perCause: 2 };
/** A few books with bad luck may exceed an average. */
const ALLOWANCE = 500;

interface TotalsOptions {
  /** Nothing goes wrong. */
  readonly isCalm: boolean;
  readonly stages: readonly Stage[];
}

/** What all calls together cost. */
class CallTotals {
  /** Calls about products that are not served have a bound of their own. */
  readonly counts = { lists: 0, statuses: 0, results: 0, notServed: 0 };
  causes = 0;
  /** Calls that were answered with a result, and results that were written. */
  answered = 0;
  stored = 0;
  readonly #books = new Set<string>();
  #from = Number.POSITIVE_INFINITY;
  #until = 0;
  readonly #accounts = new Set<string>();

  /** Calls that were answered with a result, for each that was stored. */
  get callsPerStored(): number {
    return Math.round((100 * this.answered) / this.stored) / 100;
  }

  add({ operation, bookUuid, account, isDisabled }: SimulatedCall, state: ReplyState, now: number): void {
    if (operation.kind !== undefined && state === 'available') this.answered += 1;
    this.#from = Math.min(this.#from, now);
    this.#until = now;
    this.#accounts.add(account);
    if (bookUuid !== '') this.#books.add(bookUuid);
    if (operation.name === 'book-status') this.counts.statuses += 1;
    else if (operation.name === 'book-list') this.counts.lists += 1;
    else if (isDisabled) this.counts.notServed += 1;
    else this.counts.results += 1;
  }

  /** At the end. @param compared results that are there. */
  check(compared: number, { isCalm, stages }: TotalsOptions, violations: Violations): void {
    const days = Math.ceil((this.#until - this.#from) / DAY);
    const check = (what: string, count: number, most: number) => {
      if (count > most) violations.add('too-many-calls', '', `${count} calls of ${what}, ${most} allowed`);
    };
    const { lists, results, statuses } = this.counts;
    check('Book list', lists, MOST_LISTS_A_DAY * days * this.#accounts.size);
    const perStored = isCalm ? MOST_PER_STORED.calm : MOST_PER_STORED.noisy;
    check(
      `results that were there, of which ${this.stored} were stored`,
      this.answered,
      ALLOWANCE + perStored * this.stored,
    );
    const { ofLongestPauses, perCause } = MOST_STATUS;
    const pauses = 86_400 / Math.min(...stages.map(({ poll }) => poll.maxSeconds));
    const perBookDay = MOST_STATUS.perBookDay + ofLongestPauses * pauses;
    const bookDays = days * this.#books.size;
    check(
      `results, with ${compared} stored`,
      results,
      ALLOWANCE + MOST_PER_RESULT * compared + NEVER_THERE * pauses * bookDays,
    );
    check('Book status', statuses, ALLOWANCE + perBookDay * bookDays + perCause * this.causes);
  }
}

export interface RunTimes {
  /** When things cease to go wrong, in Unix milliseconds. */
  readonly quietAt: number;
  /** By how much the clock of a process may be wrong. */
  readonly skewMs: number;
  /** Nothing goes wrong at all. */
  readonly isCalm: boolean;
  /** What is on in the world of the seed. */
  readonly switches: ReadonlySet<Switch>;
}

/** Calls to Ocrolus are bounded: in a second, about a subject and day, of a product that is missing, and in all. */
export class CallChecks {
  readonly rate: RateCheck;
  readonly totals = new CallTotals();
  readonly #violations: Violations;
  readonly #isCalm: boolean;
  #stages: readonly Stage[] = [];
  readonly #days: BookDays;
  readonly #circuits: CircuitCheck;

  constructor(violations: Violations, { quietAt, skewMs, isCalm }: RunTimes) {
    this.#violations = violations;
    this.#isCalm = isCalm;
    this.rate = new RateCheck(skewMs);
    this.#circuits = new CircuitCheck(violations);
    this.#days = new BookDays((bookDay) => {
      const isQuiet = bookDay.day * DAY >= quietAt + DAY;
      checkBookDay(bookDay, { isQuiet, stages: this.#stages }, violations);
    });
  }

  /** @param stages all that are deployed in the run. */
  watch(table: MemoryTableCore, stages: readonly Stage[]): void {
    this.#stages = stages;
    this.#circuits.watch(table);
  }

  understood(call: SimulatedCall, state: ReplyState, now: number): void {
    this.totals.add(call, state, now);
    if (call.operation.name !== 'book-list' && !call.isFurtherPage) this.#days.call(call, now);
    if (call.operation.isHeavy) this.rate.sendHeavy(now);
    if (call.isDisabled) this.#circuits.refused(call, now);
  }

  /** Something has happened that calls about a book may follow. */
  cause(bookUuid: string, now: number): void {
    this.totals.causes += 1;
    this.#days.cause(bookUuid, now);
  }

  /** A write. */
  change({ key: { item }, after }: Change): void {
    if (item.startsWith('RESULT#') && after !== undefined) this.totals.stored += 1;
  }

  /** At the end. @param compared results that are there. */
  check(compared: number): void {
    this.#days.end();
    this.#circuits.end();
    this.rate.check(this.#stages, this.#violations);
    const options = { isCalm: this.#isCalm, stages: this.#stages };
    this.totals.check(compared, options, this.#violations);
  }
}
