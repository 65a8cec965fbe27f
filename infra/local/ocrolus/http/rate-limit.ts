const WINDOW_MS = 1000;

/** At most so many calls in any one second; a refused call does not count. */
export class SlidingSecond {
  readonly #limit: number;
  readonly #now: () => number;
  #accepted: number[] = [];

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  hasRoom(): boolean {
    const since = this.#now() - WINDOW_MS;
    this.#accepted = this.#accepted.filter((at) => at > since);
    return this.#accepted.length < this.#limit;
  }

  count(): void {
    this.#accepted.push(this.#now());
  }
}

/** The organization's limit: all calls together, and the heavy analytics calls together. */
export class RateLimit {
  readonly #all: SlidingSecond;
  readonly #heavy: SlidingSecond;

  constructor(perSecond: number, heavyPerSecond: number, now: () => number) {
    this.#all = new SlidingSecond(perSecond, now);
    this.#heavy = new SlidingSecond(heavyPerSecond, now);
  }

  /** @returns false when the call must be answered with 429. */
  admit(isHeavy: boolean): boolean {
    if (!this.#all.hasRoom() || (isHeavy && !this.#heavy.hasRoom())) return false;
    this.#all.count();
    if (isHeavy) this.#heavy.count();
    return true;
  }
}
