import type { FunctionCall } from '../../lambda/protocol.ts';

/** Time that the plots cover. */
const SECONDS = 180;

interface Second {
  calls: number;
  /** Number of calls answered with 429. */
  limited: number;
  /** Milliseconds of the slowest call. */
  callMs: number | null;
  /** Milliseconds from the reception of the slowest delivery to its end. */
  deliveryMs: number | null;
}

/** Counts and times of each second. */
export class Series {
  readonly #seconds = new Map<number, Second>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  called({ at, ms, status }: FunctionCall): void {
    const second = this.#at(at);
    second.calls += 1;
    if (status === 429) second.limited += 1;
    second.callMs = Math.max(ms, second.callMs ?? 0);
  }

  processed(ms: number): void {
    const second = this.#at(this.#now());
    second.deliveryMs = Math.max(ms, second.deliveryMs ?? 0);
  }

  /**
   * Columns for plots, one value for each second of the last three minutes, the current one last. Times are those of the
   * slowest, or `null` if there was none.
   */
  plotted() {
    const last = Math.floor(this.#now() / 1000);
    const seconds = Array.from({ length: SECONDS }, (_, index) =>
      this.#seconds.get(last - SECONDS + 1 + index),
    );
    return {
      calls: seconds.map((second) => second?.calls ?? 0),
      limited: seconds.map((second) => second?.limited ?? 0),
      callMs: seconds.map((second) => second?.callMs ?? null),
      deliveryMs: seconds.map((second) => second?.deliveryMs ?? null),
    };
  }

  #at(ms: number): Second {
    const key = Math.floor(ms / 1000);
    const known = this.#seconds.get(key);
    if (known !== undefined) return known;
    const second: Second = { calls: 0, limited: 0, callMs: null, deliveryMs: null };
    this.#seconds.set(key, second);
    for (const old of this.#seconds.keys()) if (old < key - SECONDS * 2) this.#seconds.delete(old);
    return second;
  }
}
