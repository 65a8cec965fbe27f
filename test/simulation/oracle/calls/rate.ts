import type { Violations } from '../violations.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Ocrolus's limit for an organization, per second (docs/ocrolus.md#rate-limit). */
const OCROLUS_LIMIT = 20;
/** What a stage takes of it unless it says otherwise (shared/ocrolus/settings.ts). */
const CONFIGURED_LIMIT = 12;
const SECOND = 1000;
/**
 * Permits of one block whose reservation is answered late are used at once (shared/rate-limit/permits.ts). Once in some
 * 100,000 calls that is a call or two more than Ocrolus allows, which answers 429.
 */
const BLOCK = 10;

/** Answers with a token and results of jobs come from other hosts, which have no such limit. */
const UNLIMITED = /^\/(oauth|async_jobs)/;

/**
 * How fast calls are sent. The limiter hands out permits as times of its bucket, which every process reads from its own
 * clock. So the limit of Ocrolus holds in the senders' own time, whatever their clocks say; in real time it holds as
 * far as the clocks agree: where they are up to `skewMs` wrong, the permits of that many more seconds can fall into
 * one.
 */
export class RateCheck {
  readonly #own: SlidingWindow;
  readonly #real = new SlidingWindow(SECOND, 0);
  readonly #skewMs: number;

  /** @param skewMs by how much the clock of a process may be wrong. */
  constructor(skewMs: number) {
    this.#skewMs = skewMs;
    this.#own = new SlidingWindow(SECOND, 2 * skewMs);
  }

  send(path: string, now: number, ownTime: number): void {
    if (UNLIMITED.test(path)) return;
    this.#own.add(ownTime);
    this.#real.add(now);
  }

  get counts() {
    return { mostSentInASecond: this.#real.most, mostSentInAnOwnSecond: this.#own.most };
  }

  /** At the end. */
  check(violations: Violations): void {
    const report = ({ most, mostAt }: SlidingWindow, limit: number, clock: string) => {
      if (most <= limit) return;
      const at = new Date(mostAt).toISOString();
      violations.add('too-many-calls', '', `${most} calls sent in one second of ${clock}, at ${at}`);
    };
    report(this.#own, CONFIGURED_LIMIT + BLOCK, "their senders' clocks");
    const seconds = 1 + (2 * this.#skewMs) / SECOND;
    const limit = this.#skewMs === 0 ? OCROLUS_LIMIT : Math.ceil(CONFIGURED_LIMIT * seconds) + BLOCK;
    report(this.#real, limit, 'real time');
  }
}
