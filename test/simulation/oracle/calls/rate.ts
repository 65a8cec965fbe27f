import type { MemoryTableCore } from '../../kernel/table/memory-table-core.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { DAY, MINUTE } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/settings.ts';
import { suppressedSince } from '../entries.ts';
import type { Violations } from '../violations.ts';
import { ADDRESSES } from './about-books.ts';

/** Counts what happens within any span of a certain length, where the times come in order. */
class SlidingWindow {
  /** Those of the last span. */
  #times: number[] = [];
  readonly #lengthMs: number;
  /** The most in any window, and when that window ended. */
  most = 0;
  mostAt = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  add(time: number): void {
    this.#times = this.#times.filter((earlier) => earlier > time - this.#lengthMs);
    this.#times.push(time);
    if (this.#times.length > this.most) [this.most, this.mostAt] = [this.#times.length, time];
  }
}

/** Ocrolus's limit for an organization, per second (docs/ocrolus.md#rate-limit). */
const OCROLUS_LIMIT = 20;
const SECOND = 1000;
/** So much more than the rate that is set may be sent in a minute, as a burst. */
const BURST = 20;
/** So many calls of a thousand may be answered with 429: clocks differ, and Ocrolus counts by its own. */
const MOST_REFUSED = 5;
const FEW = 50;

/** Answers with a token and results of jobs come from other hosts, which have no such limit. */
const UNLIMITED = /^\/(oauth|async_jobs)/;

/**
 * How fast calls are sent, in real time, which is that of Ocrolus. Permits are times of the fastest clock
 * (shared/rate-limit/shared.ts). A process with a faster one is followed by the others only when they next write: until
 * then, their permits and its own can fall into the same second, up to twice as many as the limit.
 */
export class RateCheck {
  readonly #second = new SlidingWindow(SECOND);
  readonly #minute = new SlidingWindow(MINUTE);
  readonly #heavyMinute = new SlidingWindow(MINUTE);
  readonly #skewMs: number;
  /** Calls that Ocrolus has answered with 429 because they were too many. */
  refused = 0;
  sent = 0;

  /** @param skewMs by how much the clock of a process may be wrong. */
  constructor(skewMs: number) {
    this.#skewMs = skewMs;
  }

  send(path: string, now: number): void {
    if (UNLIMITED.test(path)) return;
    this.sent += 1;
    this.#second.add(now);
    this.#minute.add(now);
  }

  /** One of the calls that have a limit of their own. */
  sendHeavy(now: number): void {
    this.#heavyMinute.add(now);
  }

  get mostSentInASecond(): number {
    return this.#second.most;
  }

  /** At the end. @param stages all that were deployed: the fastest one counts. */
  check(stages: readonly Stage[], violations: Violations): void {
    const report = ({ most, mostAt }: SlidingWindow, limit: number, what: string) => {
      if (most <= limit) return;
      const at = new Date(mostAt).toISOString();
      violations.add('too-many-calls', '', `${most} calls sent in one ${what}, at ${at}; ${limit} allowed`);
    };
    const perSecond = Math.max(...stages.map(({ requestsPerSecond }) => requestsPerSecond));
    const heavyPerSecond = Math.max(...stages.map(({ heavyRequestsPerSecond }) => heavyRequestsPerSecond));
    report(this.#second, this.#skewMs === 0 ? OCROLUS_LIMIT : 2 * OCROLUS_LIMIT, 'second');
    const inAMinute = 60 + (2 * this.#skewMs) / SECOND;
    report(this.#minute, Math.ceil(perSecond * inAMinute) + BURST, 'minute');
    const heavy = Math.ceil(heavyPerSecond * inAMinute) + BURST / 2;
    report(this.#heavyMinute, heavy, 'minute, with a limit of their own');
    const allowed = FEW + (this.sent * MOST_REFUSED) / 1000;
    if (this.refused > allowed)
      violations.add('too-many-calls', '', `${this.refused} of ${this.sent} calls were refused with 429`);
  }
}

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
