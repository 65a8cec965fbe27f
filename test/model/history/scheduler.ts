import type { WorldEvent } from '../ocrolus.ts';
import { type Message, newProcess, type Steps, type System } from '../reconcile/process.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Faults } from '../scenarios.ts';

/** A function at work. */
interface Actor {
  readonly name: string;
  readonly work: Steps<readonly Message[]>;
  readonly messages: readonly Message[];
}

interface SchedulerOptions {
  readonly faults: Faults;
  readonly random: () => number;
  /** `false` as soon as nothing goes wrong any more. */
  readonly chance: (probability: number) => boolean;
  readonly trace: ((text: string) => void) | undefined;
  readonly afterMessage: (message: Message) => void;
}

/** At most so many functions at once. */
const CONSUMERS = 3;
/** Then SQS gives up on a message. */
const MAX_RECEIVES = 30;

/** SQS, and the functions that it starts: one step of one function at a time. */
export class Scheduler {
  readonly actors: Actor[] = [];
  readonly messages: Message[] = [];
  readonly #system: System;
  readonly #options: SchedulerOptions;
  #last: Actor | undefined;

  constructor(system: System, options: SchedulerOptions) {
    this.#system = system;
    this.#options = options;
  }

  get isBusy(): boolean {
    return (
      this.actors.length > 0 || this.messages.some(({ isDone, inProgress }) => !isDone || inProgress > 0)
    );
  }

  enqueue(event?: WorldEvent): Message {
    const counts = { receives: 0, inProgress: 0, isDone: false, hadCopies: false };
    const message: Message = { id: this.messages.length + 1, event, ...counts, touched: new Set() };
    this.messages.push(message);
    return message;
  }

  /** Starts a function with these messages. `offset`: the error of its clock, in minutes. */
  #start(own: readonly Message[], offset: number): void {
    for (const message of own) {
      message.receives += 1;
      message.inProgress += 1;
      if (message.inProgress > 1) message.hadCopies = true;
    }
    const name = own.map(({ id, receives }) => `${id}.${receives}`).join('+');
    const what = own.map(({ event }) => (event === undefined ? 'look' : Object.values(event).join(' ')));
    this.#options.trace?.(`${name} starts: ${what.join(', ')}; clock ${offset}`);
    const process = newProcess(this.#system, own, () => this.#system.now() + offset);
    this.actors.push({ name, work: reconcile(process), messages: own });
  }

  /** @returns whether a function was started. */
  receive(): boolean {
    const { random, chance, faults } = this.#options;
    if (this.actors.length >= CONSUMERS) return false;
    const waiting = this.messages.filter(
      ({ isDone, inProgress }) =>
        !isDone && (inProgress === 0 || (inProgress === 1 && chance(faults.duplicate))),
    );
    const message = waiting[Math.floor(random() * waiting.length)];
    if (message === undefined) return false;
    const batch = waiting.filter((one) => one !== message && chance(faults.batch));
    const offset = faults.skew === 0 ? 0 : Math.round((random() * 2 - 1) * faults.skew);
    this.#start([message, ...batch], offset);
    return true;
  }

  /** One step of one function: of the same as before with probability `burst`. */
  advance(): void {
    const { random, chance, faults } = this.#options;
    const isSame = this.#last !== undefined && this.actors.includes(this.#last) && chance(faults.burst);
    const next = isSame ? this.#last : this.actors[Math.floor(random() * this.actors.length)];
    if (next === undefined) return;
    this.#last = next;
    if (chance(faults.crash)) this.#end(next, next.messages, 'dies');
    else {
      const { done, value } = next.work.next();
      if (done === true) this.#end(next, value, 'ends');
    }
  }

  /** Sends a look, unless one waits. */
  look(): void {
    const isWaiting = ({ isDone, event, inProgress }: Message) =>
      !isDone && event === undefined && inProgress === 0;
    if (!this.messages.some(isWaiting)) this.enqueue();
  }

  #end(actor: Actor, back: readonly Message[], how: string): void {
    this.actors.splice(this.actors.indexOf(actor), 1);
    const again = back.length > 0 ? `, ${back.map(({ id }) => id)} again` : '';
    this.#options.trace?.(`${actor.name} ${how}${again}`);
    for (const message of actor.messages) {
      message.inProgress -= 1;
      if (message.isDone) continue;
      message.isDone = !back.includes(message) || message.receives >= MAX_RECEIVES;
      if (message.isDone) this.#options.afterMessage(message);
    }
  }
}
