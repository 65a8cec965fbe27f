import type { ReplyState } from '../../../../infra/local/ocrolus/model/reply.ts';
import type { Change, MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/stage.ts';
import type { Switch } from '../../world/switches.ts';
import type { Violations } from '../violations.ts';
import { BookDays } from './book-days.ts';
import { checkBookDay } from './bounds.ts';
import { CircuitCheck } from './circuits.ts';
import { RateCheck } from './rate.ts';
import { CallTotals } from './totals.ts';

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
