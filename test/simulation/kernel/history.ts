import { RunningHash } from './random.ts';

/** Something that happened in a simulation. */
interface HistoryEvent {
  /** Virtual Unix milliseconds. */
  readonly time: number;
  /** 0 for the platform itself. */
  readonly actor: number;
  readonly port: string;
  readonly key: string;
  readonly decision: string;
}

/**
 * A running hash of everything that happens, which costs a fraction of a microsecond an event. Two runs of a seed
 * that differ anywhere differ in it.
 */
export class History {
  readonly #hash = new RunningHash();
  readonly #listeners: ((event: HistoryEvent) => void)[] = [];

  record(event: HistoryEvent): void {
    const { time, actor, port, key, decision } = event;
    this.#hash.number(time);
    this.#hash.number(actor);
    this.#hash.text(port);
    this.#hash.text(key);
    this.#hash.text(decision);
    for (const listener of this.#listeners) listener(event);
  }

  /** Gets every event from now on, for a trace. */
  listen(listener: (event: HistoryEvent) => void): void {
    this.#listeners.push(listener);
  }

  historyHash(): string {
    return this.#hash.hex();
  }
}
