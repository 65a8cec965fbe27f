import type { Scheduler } from '../kernel/schedule/scheduler.ts';
import type { Kind } from '../ocrolus/profile.ts';

export type Policy = 'always' | 'announced' | 'never';

/** The settings of a stage on which results, their times and calls depend (docs/settings.md). */
export interface Stage {
  readonly accounts: readonly string[];
  readonly requestsPerSecond: number;
  readonly heavyRequestsPerSecond: number;
  /** Kinds that are not named have their default. */
  readonly results: Readonly<Partial<Record<Kind, Policy>>>;
  readonly poll: {
    readonly minSeconds: number;
    readonly maxSeconds: number;
    readonly graceSeconds: number;
    readonly horizonDays: number;
    readonly requestsPerSecond: number;
    readonly discover: boolean;
    /** A date; absent: all books. */
    readonly discoverFrom: string | undefined;
    readonly quickRetrySeconds: readonly number[];
  };
  /** In days; absent: permanently. */
  readonly retention: {
    readonly results: number | undefined;
    readonly documents: number | undefined;
    readonly payloads: number | undefined;
    readonly ledger: number;
  };
}

/** A stage that sets nothing but its accounts. */
export function defaultStage(accounts: readonly string[]): Stage {
  return {
    accounts,
    requestsPerSecond: 12,
    heavyRequestsPerSecond: 1,
    results: {},
    poll: {
      minSeconds: 300,
      maxSeconds: 21_600,
      graceSeconds: 600,
      horizonDays: 30,
      requestsPerSecond: 5,
      discover: true,
      discoverFrom: undefined,
      quickRetrySeconds: [3, 15],
    },
    retention: { results: undefined, documents: undefined, payloads: undefined, ledger: 180 },
  };
}

/** A stage from one deployment to the next. */
export interface Deployed {
  /** Unix milliseconds. */
  readonly at: number;
  readonly stage: Stage;
  /** A version of the product that this one does not know: it writes what this one cannot read. */
  readonly isLaterVersion: boolean;
}

/** What is deployed when, known in advance. */
export class Deployments {
  readonly all: readonly Deployed[];
  readonly #now: () => number;

  /** @param all by ascending time; the first one is there from the start. */
  constructor(all: readonly [Deployed, ...Deployed[]], now: () => number) {
    this.all = all;
    this.#now = now;
  }

  get current(): Deployed {
    return this.at(this.#now());
  }

  get last(): Deployed {
    return this.at(Number.POSITIVE_INFINITY);
  }

  at(time: number): Deployed {
    const [first] = this.all;
    const found = this.all.findLast(({ at }) => at <= time) ?? first;
    if (found === undefined) throw new Error('nothing is deployed');
    return found;
  }
}

/** Channels whose event source mapping an operator has stopped: their messages wait. */
export class Pauses {
  readonly #paused = new Map<string, Promise<void>>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  isPaused(channel: string): boolean {
    return this.#paused.has(channel);
  }

  /** @param until Unix milliseconds. */
  pause(channel: string, until: number): void {
    const resumed = new Promise<void>((resolve) => {
      this.#scheduler.at(until, () => {
        if (this.#paused.get(channel) === resumed) this.#paused.delete(channel);
        resolve();
      });
    });
    this.#paused.set(channel, resumed);
  }

  /** Resolves when the channel is not paused. */
  async whileRunning(channel: string): Promise<void> {
    for (let paused = this.#paused.get(channel); paused !== undefined; paused = this.#paused.get(channel))
      await paused;
  }
}
