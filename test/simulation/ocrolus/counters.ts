import type { Account, Counted } from './book.ts';
import { DAY, SECOND } from './random.ts';

/** The most calls of one operation about one book or document in one day. */
export interface Busiest {
  readonly operation: string;
  readonly calls: number;
  readonly subject: string;
  readonly day: number;
}

/** Calls within any second so far. */
class Window {
  readonly #times: number[] = [];
  #head = 0;
  most = 0;

  /** @returns how many calls the last second had, this one included. */
  add(now: number): number {
    const times = this.#times;
    times.push(now);
    while ((times[this.#head] ?? now) <= now - SECOND) this.#head += 1;
    if (this.#head > 4096) {
      times.splice(0, this.#head);
      this.#head = 0;
    }
    const count = times.length - this.#head;
    if (count > this.most) this.most = count;
    return count;
  }
}

/** Counts calls: by operation, account and day, subject and day, and in any second. */
export class Counters {
  readonly #operations: readonly string[];
  readonly #byOperation: number[];
  readonly #busiest: (Busiest | undefined)[];
  readonly #byDay = new Map<string, number[]>();
  readonly #all = new Window();
  readonly #heavy = new Window();
  total = 0;

  constructor(operations: readonly string[]) {
    this.#operations = operations;
    this.#byOperation = operations.map(() => 0);
    this.#busiest = operations.map(() => undefined);
  }

  /** A call to any operation. @returns how many calls the organization made within the last second. */
  call(now: number): number {
    this.total += 1;
    return this.#all.add(now);
  }

  operation(index: number, account: Account, heavy: boolean, now: number): void {
    this.#byOperation[index] = (this.#byOperation[index] ?? 0) + 1;
    if (heavy) this.#heavy.add(now);
    const day = Math.floor(now / DAY);
    if (account.day !== day) {
      account.day = day;
      account.calls = this.#operations.map(() => 0);
      this.#byDay.set(`${account.name} ${day}`, account.calls);
    }
    account.calls[index] = (account.calls[index] ?? 0) + 1;
  }

  subject(index: number, subject: Counted & { readonly uuid: string }, now: number): void {
    const day = Math.floor(now / DAY);
    if (subject.day !== day) {
      subject.day = day;
      subject.calls = [];
    }
    const calls = (subject.calls[index] ?? 0) + 1;
    subject.calls[index] = calls;
    if (calls <= (this.#busiest[index]?.calls ?? 0)) return;
    this.#busiest[index] = { operation: this.#operations[index] ?? '', calls, subject: subject.uuid, day };
  }

  byOperation(): Record<string, number> {
    return this.#named(this.#byOperation);
  }

  /** @param day since the epoch. */
  onDay(account: string, day: number): Record<string, number> {
    return this.#named(this.#byDay.get(`${account} ${day}`) ?? []);
  }

  #named(counts: readonly number[]): Record<string, number> {
    return Object.fromEntries(this.#operations.map((name, index) => [name, counts[index] ?? 0]));
  }

  about(subject: Counted | undefined): { day: number; calls: Record<string, number> } {
    const { day = 0, calls = [] } = subject ?? {};
    return { day, calls: this.#named(calls) };
  }

  busiest(): readonly Busiest[] {
    return this.#busiest.filter((found) => found !== undefined);
  }

  /** The most calls within any second. */
  maxRate(): { readonly all: number; readonly heavy: number } {
    return { all: this.#all.most, heavy: this.#heavy.most };
  }
}
