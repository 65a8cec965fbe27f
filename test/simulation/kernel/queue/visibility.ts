import type { Random } from '../random.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Message } from './message.ts';
import { ReadyList } from './ready-list.ts';

/** When the messages of a queue can be received, and who waits for them. */
export class Visibility {
  readonly #scheduler: Scheduler;
  readonly #ready: ReadyList;
  #waiting: (() => void)[] = [];

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#ready = new ReadyList(random);
  }

  get readyCount(): number {
    return this.#ready.count;
  }

  /** Resolves when there are messages to receive; another consumer may still be faster. */
  waitForMessages(): Promise<void> {
    if (this.#ready.count > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** @param milliseconds until the message can be received; it replaces an earlier decision. */
  hide(message: Message, milliseconds: number): void {
    this.#cancelWakeUp(message);
    if (milliseconds <= 0) this.#becomeReady(message);
    else message.wakeUp = this.#scheduler.after(milliseconds, () => this.#becomeReady(message));
  }

  delete(message: Message): void {
    this.#cancelWakeUp(message);
    this.#ready.delete(message);
  }

  /** @param disorder how many others a message may overtake. */
  take(disorder: number): Message | undefined {
    return this.#ready.take(disorder);
  }

  #becomeReady(message: Message): void {
    message.wakeUp = undefined;
    this.#ready.add(message);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #cancelWakeUp(message: Message): void {
    if (message.wakeUp !== undefined) this.#scheduler.cancel(message.wakeUp);
    message.wakeUp = undefined;
  }
}
