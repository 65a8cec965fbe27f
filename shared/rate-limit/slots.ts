/** Runs a limited number of tasks at the same time, in the order of arrival. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Runs `work` for each element, `size` at a time: 2,000 documents must not open 2,000 connections.
 *
 * @throws the first failure; later groups are not started.
 */
export async function inGroups<T>(
  list: readonly T[],
  size: number,
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < list.length; start += size) {
    await Promise.all(list.slice(start, start + size).map(work));
  }
}
