import { MINUTE } from '../../ocrolus/random.ts';
import type { Stage } from '../../system/settings.ts';
import type { Violations } from '../violations.ts';

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
