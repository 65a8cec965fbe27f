import type { Scheduler } from '../kernel/schedule/scheduler.ts';

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
