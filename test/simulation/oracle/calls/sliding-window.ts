/** Counts what happens within any span of a certain length, where the times come in order. */
export class SlidingWindow {
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
