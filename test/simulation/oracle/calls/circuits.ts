import type { MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY, MINUTE } from '../../ocrolus/random.ts';
import { suppressedSince } from '../entries.ts';
import type { Violations } from '../violations.ts';
import { ADDRESSES } from './about-books.ts';

/** A process reads a circuit once a minute, and a call may take that long (docs/decisions/0028). */
export const KNOWN_AFTER_MS = 2 * MINUTE;
/** One call an hour, and a few more whose message was received twice or whose answer was lost. */
const MOST_CANARIES = 32;
/** The circuit opens at the twentieth book; any other answer, of a proxy say, closes it again. */
const MOST_IN_ALL = 250;
/** Of one book: before the circuit opens, a book of many documents may be refused as often as it has documents. */
const MOST_OF_BOOK = 10;

const IDENTIFIES = 'doc-fraud-signals';

interface Day {
  day: number;
  underOpenCircuit: number;
  byBook: Map<string, number>;
}

/**
 * A product that the lender's contract lacks costs a few calls a day, and not some for each book (docs/decisions/0028).
 */
export class CircuitCheck {
  readonly #violations: Violations;
  /** By account and operation. */
  readonly #days = new Map<string, Day>();
  readonly #table: MemoryTableCore;

  constructor(table: MemoryTableCore, violations: Violations) {
    this.#table = table;
    this.#violations = violations;
  }

  /** A call of a product that is not served. */
  refused({ account, operation, bookUuid }: SimulatedCall, now: number): void {
    // A delivery that names only a document has to ask Detect for its book, whatever becomes of its results.
    if (operation.name === IDENTIFIES) return;
    const today = this.#today(`${account} ${operation.name}`, Math.floor(now / DAY));
    today.byBook.set(bookUuid, (today.byBook.get(bookUuid) ?? 0) + 1);
    const since = suppressedSince(this.#table, account, String(operation.kind));
    if (since !== undefined && now - since > KNOWN_AFTER_MS) today.underOpenCircuit += 1;
  }

  /** At the end. */
  end(): void {
    for (const [name, day] of this.#days) this.#endDay(name, day);
  }

  #today(name: string, day: number): Day {
    const known = this.#days.get(name);
    if (known?.day === day) return known;
    if (known !== undefined) this.#endDay(name, known);
    const next = { day, underOpenCircuit: 0, byBook: new Map<string, number>() };
    this.#days.set(name, next);
    return next;
  }

  #endDay(name: string, { day, underOpenCircuit, byBook }: Day): void {
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    const report = (text: string) => this.#violations.add('circuit', '', `${name} on ${date}: ${text}`);
    const mostUnderOpenCircuit = MOST_CANARIES * (ADDRESSES[name.split(' ')[1] ?? ''] ?? 1);
    if (underOpenCircuit > mostUnderOpenCircuit)
      report(`${underOpenCircuit} calls although the circuit is open`);
    const inAll = [...byBook.values()].reduce((sum, calls) => sum + Math.min(calls, MOST_OF_BOOK), 0);
    if (inAll > MOST_IN_ALL) report(`${inAll} calls of a product that is not served`);
  }
}
