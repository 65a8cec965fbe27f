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
