import { Heap } from '../../kernel/schedule/heap.ts';
import { MINUTE } from '../../ocrolus/random.ts';
import type { Core } from '../../system/core.ts';

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
