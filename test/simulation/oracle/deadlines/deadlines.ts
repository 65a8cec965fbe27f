import type { Disturbances } from '../../faults/disturbances.ts';
import { Heap } from '../../kernel/schedule/scheduler.ts';
import type { SimulatedCall } from '../../ocrolus/ocrolus.ts';
import { MINUTE } from '../../ocrolus/random.ts';
import type { Core } from '../../system/core.ts';
import type { Deployments } from '../../system/settings.ts';

interface Deadline {
  readonly at: number;
  readonly order: number;
  /** @returns when to look again; `undefined`: it is over. */
  readonly check: () => number | undefined;
}

/**
 * What must be true at some time. The oracle has a heap of its own, so that what it looks for does not change the order in
 * which things happen.
 */
export class Deadlines {
  readonly #heap = new Heap<Deadline>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  #order = 0;

  add(at: number, check: Deadline['check']): void {
    this.#order += 1;
    this.#heap.push({ at, order: this.#order, check });
  }

  /** Checks what is due, once a minute. */
  start({ simulation }: Pick<Core, 'simulation'>): void {
    const { scheduler } = simulation;
    scheduler.after(MINUTE, () => {
      const now = scheduler.now();
      for (let next = this.#heap.peek(); next !== undefined && next.at <= now; next = this.#heap.peek()) {
        this.#heap.pop();
        const again = next.check();
        if (again !== undefined) this.add(Math.max(again, now + MINUTE), next.check);
      }
      this.start({ simulation });
    });
  }
}

/** So much of the rate that is set is about all of it. */
const FULL = 0.75;

/** The calls of the version 1 and 2 analytics that have a limit of their own (docs/ocrolus.md#rate-limit). */
const HEAVY_KINDS = ['summary', 'cash-flow', 'risk-score', 'analytics', 'workbook'];

/** While calls go out as fast as the stage allows, results wait for their turn, and no deadline runs. */
export class Saturation {
  readonly #disturbances: Disturbances;
  readonly #deployments: Deployments;
  #minute = 0;
  #calls = 0;
  #heavy = 0;

  constructor(disturbances: Disturbances, deployments: Deployments) {
    this.#disturbances = disturbances;
    this.#deployments = deployments;
  }

  call({ operation: { isHeavy } }: SimulatedCall, now: number): void {
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.#minute) this.#endMinute(minute);
    this.#calls += 1;
    if (isHeavy) this.#heavy += 1;
  }

  #endMinute(next: number): void {
    const { requestsPerSecond, heavyRequestsPerSecond } = this.#deployments.current.stage;
    const from = this.#minute * MINUTE;
    // The next minute, too, unless it is long after.
    const until = Math.min(next + 1, this.#minute + 2) * MINUTE;
    if (this.#calls >= FULL * requestsPerSecond * 60)
      this.#disturbances.extend({ name: 'rate limit', from, until });
    if (this.#heavy >= FULL * heavyRequestsPerSecond * 60) {
      for (const kind of HEAVY_KINDS)
        this.#disturbances.extend({ name: `rate limit of ${kind}`, from, until, kind });
    }
    this.#minute = next;
    this.#calls = 0;
    this.#heavy = 0;
  }
}
