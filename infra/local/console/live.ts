import type { Snapshots } from './views/snapshot.ts';

const EVERY_MS = 500;

type Listener = (snapshot: string) => void;

/** Sends each listener a snapshot whenever it has changed. Idle without listeners. */
export class Live {
  readonly #snapshots: Snapshots;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** @returns a function that stops listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    // A new listener gets the current state immediately, even if it does not change.
    if (this.#last !== '' && this.#timer !== undefined) listener(this.#last);
    if (this.#timer === undefined) void this.#tick();
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
  }

  async #tick(): Promise<void> {
    const startedAt = Date.now();
    // Set at once, so that two listeners do not start two snapshots.
    this.#timer = setTimeout(() => {}, 0);
    try {
      const snapshot = JSON.stringify(await this.#snapshots.take());
      if (snapshot !== this.#last) {
        this.#last = snapshot;
        for (const listener of this.#listeners) listener(snapshot);
      }
    } catch {
      // The stack is stopping, or a backend is too busy; the next tick tries again.
    }
    if (this.#listeners.size === 0) {
      this.#timer = undefined;
      this.#last = '';
      return;
    }
    // A slow snapshot must not take all the time.
    this.#timer = setTimeout(() => void this.#tick(), Math.max(EVERY_MS, Date.now() - startedAt));
  }
}
