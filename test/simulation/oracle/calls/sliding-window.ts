/** Counts what happens within any span of a certain length, where the times come nearly in order. */
export class SlidingWindow {
  /** Sorted; those of the last while only. */
  #times: number[] = [];
  readonly #lengthMs: number;
  readonly #lateMs: number;
  /** The most in any window, and when that window ended. */
  most = 0;
  mostAt = 0;

  /** @param lateMs by how much a time may be earlier than one that was added before. */
  constructor(lengthMs: number, lateMs: number) {
    this.#lengthMs = lengthMs;
    this.#lateMs = lateMs;
  }

  add(time: number): void {
    const times = this.#times;
    let index = times.length;
    while (index > 0 && (times[index - 1] ?? time) > time) index -= 1;
    times.splice(index, 0, time);
    let first = index;
    while (first > 0 && (times[first - 1] ?? time) > time - this.#lengthMs) first -= 1;
    // Windows that end with this time or a later one, and have it in them.
    for (let last = index; (times[last] ?? Number.POSITIVE_INFINITY) < time + this.#lengthMs; last += 1) {
      const end = times[last] ?? time;
      while ((times[first] ?? end) <= end - this.#lengthMs) first += 1;
      const count = last - first + 1;
      if (count > this.most) [this.most, this.mostAt] = [count, end];
    }
    this.#forget((times.at(-1) ?? time) - 2 * (this.#lengthMs + this.#lateMs));
  }

  #forget(before: number): void {
    if (this.#times.length < 1024) return;
    const first = this.#times.findIndex((time) => time >= before);
    this.#times = first < 0 ? [] : this.#times.slice(first);
  }
}
