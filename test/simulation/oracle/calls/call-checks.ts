import type { MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/model.ts';
import { DAY } from '../../ocrolus/random.ts';
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
}

/** Calls to Ocrolus are bounded: in a second, about a subject and day, of a product that is missing, and in all. */
export class CallChecks {
  readonly rate: RateCheck;
  readonly totals = new CallTotals();
  readonly #violations: Violations;
  readonly #days: BookDays;
  readonly #circuits: CircuitCheck;

  constructor(violations: Violations, { quietAt, skewMs }: RunTimes) {
    this.#violations = violations;
    this.rate = new RateCheck(skewMs);
    this.#circuits = new CircuitCheck(violations);
    this.#days = new BookDays((bookDay) => {
      const isQuiet = bookDay.day * DAY >= quietAt + DAY;
      checkBookDay(bookDay, isQuiet, violations);
    });
  }

  watch(table: MemoryTableCore): void {
    this.#circuits.watch(table);
  }

  understood(call: SimulatedCall, now: number): void {
    this.totals.add(call, now);
    if (call.operation.name !== 'book-list' && !call.isFurtherPage) this.#days.call(call, now);
    if (call.isDisabled) this.#circuits.refused(call, now);
  }

  /** Something has happened that calls about a book may follow. */
  cause(bookUuid: string, now: number): void {
    this.#days.cause(bookUuid, now);
  }

  /** At the end. @param stored results that are there. */
  check(stored: number): void {
    this.#days.end();
    this.#circuits.end();
    this.rate.check(this.#violations);
    this.totals.check(stored, this.#violations);
  }
}
