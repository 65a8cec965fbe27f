import type { Random } from '../random.ts';
import type { Message } from './message.ts';

/** Space at the front of the list is given back once it is this long. */
const COMPACT_FROM = 1024;

/** The messages that can be received, about in the order in which they became ready (standard queues). */
export class ReadyList {
  #messages: Message[] = [];
  #first = 0;
  #count = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Without the messages that were deleted while they were ready. */
  get count(): number {
    return this.#count;
  }

  add(message: Message): void {
    message.state = 'ready';
    this.#messages.push(message);
    this.#count += 1;
  }

  /** Of a ready message, its place in the list is skipped later. */
  delete(message: Message): void {
    if (message.state === 'ready') this.#count -= 1;
    message.state = 'deleted';
  }

  /** Takes one of the first. @param disorder how many others a message may overtake. */
  take(disorder: number): Message | undefined {
    while (this.#first < this.#messages.length) {
      const reach = Math.min(disorder, this.#messages.length - this.#first - 1);
      const index = this.#first + (reach === 0 ? 0 : this.#random.int(0, reach));
      const message = this.#messages[index];
      const oldest = this.#messages[this.#first];
      if (oldest !== undefined) this.#messages[index] = oldest;
      this.#first += 1;
      if (this.#first >= COMPACT_FROM && this.#first * 2 > this.#messages.length) this.#compact();
      if (message?.state !== 'ready') continue;
      this.#count -= 1;
      message.state = 'hidden';
      return message;
    }
    this.#compact();
    return undefined;
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#first);
    this.#first = 0;
  }
}
