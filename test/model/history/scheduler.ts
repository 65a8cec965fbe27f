import type { WorldEvent } from '../ocrolus/truth.ts';
import { type Message, newProcess, type Steps, type System } from '../reconcile/process.ts';
import { consume } from '../reconcile/reconcile.ts';

/** A function at work. */
export interface Actor {
  readonly name: string;
  readonly work: Steps<readonly Message[]>;
  readonly messages: readonly Message[];
}

export interface SchedulerOptions {
  /** At most so many functions at once. */
  readonly consumers: number;
  /** Then SQS gives up on a message. */
  readonly maxReceives: number;
  /** Probabilities; see options.ts. */
  readonly crash: number;
  readonly duplicate: number;
  readonly batch: number;
  readonly burst: number;
  readonly skew: number;
  readonly random: () => number;
  /** `false` as soon as nothing goes wrong any more. */
  readonly chance: (probability: number) => boolean;
  readonly trace: (text: string) => void;
  readonly afterMessage: (message: Message) => void;
}

/** SQS, and the functions that it starts: one step of one function at a time. */
export interface Scheduler {
  readonly actors: readonly Actor[];
  readonly steps: number;
  readonly isBusy: boolean;
  /** Time at which the next message can be received. */
  readonly nextVisibleAt: number;
  enqueue(event?: WorldEvent): Message;
  /** Starts a function with these messages. `offset`: the error of its clock, in minutes. */
  start(messages: readonly Message[], offset: number): void;
  /** @returns whether a function was started. */
  receive(): boolean;
  /** One step of one function: of the same as before with probability `burst`. */
  advance(actor?: Actor): void;
  kill(actor: Actor): void;
  /** Sends a look, unless one waits. */
  look(): void;
}

/** `messages`: all of them, so far. */
export function createScheduler(system: System, messages: Message[], options: SchedulerOptions): Scheduler {
  const { random, chance, skew, trace } = options;
  const actors: Actor[] = [];
  let steps = 0;
  let last: Actor | undefined;

  const end = (actor: Actor, back: readonly Message[], how: string) => {
    actors.splice(actors.indexOf(actor), 1);
    trace(`${actor.name} ${how}${back.length > 0 ? `, ${back.map(({ id }) => id)} again` : ''}`);
    for (const message of actor.messages) {
      message.inProgress -= 1;
      if (message.isDone) continue;
      message.isDone = !back.includes(message) || message.receives >= options.maxReceives;
      if (message.isDone) options.afterMessage(message);
    }
  };

  const scheduler: Scheduler = {
    actors,
    get steps() {
      return steps;
    },
    get isBusy() {
      return actors.length > 0 || messages.some(({ isDone, inProgress }) => !isDone || inProgress > 0);
    },
    get nextVisibleAt() {
      return Math.min(...messages.filter(({ isDone }) => !isDone).map(({ visibleAt }) => visibleAt));
    },
    enqueue(event) {
      const id = messages.length + 1;
      const counts = { receives: 0, inProgress: 0, isDone: false, hadCopies: false };
      const times = { receivedAt: system.now(), visibleAt: system.now() };
      const message: Message = { id, event, ...counts, ...times, touched: new Set() };
      messages.push(message);
      return message;
    },
    start(own, offset) {
      for (const message of own) {
        message.receives += 1;
        message.inProgress += 1;
        if (message.inProgress > 1) message.hadCopies = true;
      }
      const name = own.map(({ id, receives }) => `${id}.${receives}`).join('+');
      const what = own.map(({ event }) => (event === undefined ? 'look' : Object.values(event).join(' ')));
      trace(`${name} starts: ${what.join(', ')}; clock ${offset}`);
      const process = newProcess(system, own, () => system.now() + offset);
      actors.push({ name, work: consume(process), messages: own });
    },
    receive() {
      if (actors.length >= options.consumers) return false;
      const waiting = messages.filter(
        ({ isDone, inProgress, visibleAt }) =>
          !isDone &&
          visibleAt <= system.now() &&
          (inProgress === 0 || (inProgress === 1 && chance(options.duplicate))),
      );
      const message = waiting[Math.floor(random() * waiting.length)];
      if (message === undefined) return false;
      const batch = waiting.filter((one) => one !== message && chance(options.batch));
      const offset = skew === 0 ? 0 : Math.round((random() * 2 - 1) * skew);
      scheduler.start([message, ...batch], offset);
      return true;
    },
    advance(actor) {
      const isSame = last !== undefined && actors.includes(last) && chance(options.burst);
      const next = actor ?? (isSame ? last : actors[Math.floor(random() * actors.length)]);
      if (next === undefined) return;
      last = next;
      steps += 1;
      if (chance(options.crash)) return scheduler.kill(next);
      const { done, value } = next.work.next();
      if (done === true) end(next, value, 'ends');
    },
    kill: (actor) => end(actor, actor.messages, 'dies'),
    look() {
      const isSent = messages.some((one) => !one.isDone && one.event === undefined && one.inProgress === 0);
      if (!isSent) scheduler.enqueue();
    },
  };
  return scheduler;
}
