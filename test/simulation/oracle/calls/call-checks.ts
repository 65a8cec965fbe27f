import type { ReplyState } from '../../../../infra/local/ocrolus/model/reply.ts';
import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/settings.ts';
import type { Watch } from '../watch.ts';
import { BookDays, checkBookDay } from './about-books.ts';
import { RateCheck } from './rate.ts';

/** A run of the poller every 5 minutes reads of each account's list what is new, and at most ten pages again. */
const MOST_LISTS_A_DAY = 12 * 288;
/**
 * Calls that were answered with a result per result that was stored because of it: more is a waste. While things go wrong, an
 * answer may be lost on its way.
 */
const MOST_PER_STORED = { calm: 1.4, noisy: 2 };
/** A few books with bad luck may exceed an average. */
const ALLOWANCE = 500;

export interface RunTimes {
  /** When things cease to go wrong, in Unix milliseconds. */
  readonly quietAt: number;
  /** By how much the clock of a process may be wrong. */
  readonly skewMs: number;
  /** Nothing goes wrong at all. */
  readonly isCalm: boolean;
}

/** Calls to Ocrolus are bounded: in a second, about a subject and day, and for what was stored. */
export class CallChecks {
  readonly rate: RateCheck;
  readonly counts = { lists: 0, statuses: 0, results: 0, notServed: 0 };
  readonly #watch: Watch;
  readonly #isCalm: boolean;
  readonly #stages: readonly Stage[];
  readonly #days: BookDays;
  readonly #accounts = new Set<string>();
  readonly #startedAt: number;
  /** Calls that were answered with a result, and results that were written. */
  #answered = 0;
  #stored = 0;

  constructor(watch: Watch, { quietAt, skewMs, isCalm }: RunTimes) {
    const { violations, deployments } = watch;
    this.#watch = watch;
    this.#isCalm = isCalm;
    this.#stages = deployments.all.map(({ stage }) => stage);
    this.#startedAt = watch.now();
    this.rate = new RateCheck(skewMs);
    this.#days = new BookDays((bookDay) => {
      const isQuiet = bookDay.day * DAY >= quietAt + DAY;
      checkBookDay(bookDay, { isQuiet, stages: this.#stages }, violations);
    });
  }

  understood(call: SimulatedCall, state: ReplyState): void {
    const { operation, account, isDisabled, isFurtherPage } = call;
    const now = this.#watch.now();
    if (operation.kind !== undefined && state === 'available') this.#answered += 1;
    this.#accounts.add(account);
    if (operation.name === 'book-status') this.counts.statuses += 1;
    else if (operation.name === 'book-list') this.counts.lists += 1;
    else if (isDisabled) this.counts.notServed += 1;
    else this.counts.results += 1;
    if (operation.name !== 'book-list' && !isFurtherPage) this.#days.call(call, now);
    if (operation.isHeavy) this.rate.sendHeavy(now);
  }

  /** Something has happened that calls about a book may follow. */
  cause(bookUuid: string): void {
    this.#days.cause(bookUuid, this.#watch.now());
  }

  /** A write. */
  change({ key: { item }, after }: Change): void {
    if (item.startsWith('RESULT#') && after !== undefined) this.#stored += 1;
  }

  /** At the end. */
  check(): void {
    const { violations } = this.#watch;
    this.#days.end();
    this.rate.check(this.#stages, violations);
    const days = Math.ceil((this.#watch.now() - this.#startedAt) / DAY);
    const check = (what: string, count: number, most: number) => {
      if (count > most) violations.add('too-many-calls', '', `${count} calls of ${what}, ${most} allowed`);
    };
    check('Book list', this.counts.lists, MOST_LISTS_A_DAY * days * this.#accounts.size);
    const perStored = this.#isCalm ? MOST_PER_STORED.calm : MOST_PER_STORED.noisy;
    check(
      `results that were there, of which ${this.#stored} were stored`,
      this.#answered,
      ALLOWANCE + perStored * this.#stored,
    );
  }
}
