import type { Random } from '../random.ts';

/** A binary heap. */
export class Heap<Value> {
  readonly #values: Value[] = [];
  readonly #isBefore: (left: Value, right: Value) => boolean;

  constructor(isBefore: (left: Value, right: Value) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The first of all, which stays in the heap. */
  peek(): Value | undefined {
    return this.#values[0];
  }

  push(value: Value): void {
    const values = this.#values;
    let index = values.length;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = values[parentIndex];
      if (parent === undefined || !this.#isBefore(value, parent)) break;
      values[index] = parent;
      index = parentIndex;
    }
    values[index] = value;
  }

  pop(): Value | undefined {
    const values = this.#values;
    const first = values[0];
    const last = values.pop();
    if (last !== undefined && values.length > 0) this.#sinkFromTop(last);
    return first;
  }

  #sinkFromTop(value: Value): void {
    const values = this.#values;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let child = values[left];
      if (child === undefined) break;
      let childIndex = left;
      const right = values[left + 1];
      if (right !== undefined && this.#isBefore(right, child)) {
        child = right;
        childIndex = left + 1;
      }
      if (!this.#isBefore(child, value)) break;
      values[index] = child;
      index = childIndex;
    }
    values[index] = value;
  }
}

/** Taken before a guard replaces the global. */
const nextImmediate = setImmediate;

/**
 * Immediates that are queued at once. Node drains all microtasks between two of them
 * (node: lib/internal/timers.js `processImmediate`) but goes through its whole event loop, system calls included,
 * only once for each batch: 20 times faster than one at a time.
 */
const BATCH = 256;

/** Work at a virtual time. */
export interface ScheduledEvent {
  /** Virtual Unix milliseconds. */
  readonly time: number;
}

interface Event extends ScheduledEvent {
  readonly tie: number;
  readonly sequence: number;
  work: (() => void) | undefined;
}

/**
 * Virtual time: a heap of events that happen one after the other. After each event every promise continuation runs
 * before the next one begins. Events of the same millisecond happen in an order that the seed decides.
 */
export class Scheduler {
  readonly #heap = new Heap<Event>(isBefore);
  readonly #random: Random;
  #now: number;
  #sequence = 0;
  /** Events that have happened. */
  eventCount = 0;
  #isRunning = false;

  /** @param start virtual Unix milliseconds. */
  constructor(random: Random, start: number) {
    this.#random = random;
    this.#now = start;
  }

  /** Virtual Unix milliseconds. Not a method that needs `this`, so that it can be passed on as a clock. */
  readonly now = (): number => this.#now;

  /** Runs work at a time, or as soon as possible when that is past. An exception of the work ends `run`. */
  at(time: number, work: () => void): ScheduledEvent {
    const event: Event = {
      time: Math.max(time, this.#now),
      tie: this.#random.uint32(),
      sequence: this.#sequence++,
      work,
    };
    this.#heap.push(event);
    return event;
  }

  after(milliseconds: number, work: () => void): ScheduledEvent {
    return this.at(this.#now + milliseconds, work);
  }

  /** Nothing when it has happened already. */
  cancel(event: ScheduledEvent): void {
    if ('work' in event) event.work = undefined;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /**
   * Runs all events up to a time, which it then is. Up to infinity: until nothing is left to happen.
   *
   * @param stop asked before each event; ends the run early, and the time stays that of the last event.
   * @throws what an event throws.
   */
  async run(until: number, stop: () => boolean = () => false): Promise<void> {
    if (this.#isRunning) throw new Error('the scheduler runs already');
    this.#isRunning = true;
    try {
      await this.#runEvents(until, stop);
    } finally {
      this.#isRunning = false;
    }
  }

  #runEvents(until: number, stop: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let queued = 0;
      let isOver = false;
      const step = () => {
        queued -= 1;
        if (isOver) return;
        try {
          isOver = !this.#happen(until, stop);
          if (isOver) resolve();
        } catch (error) {
          isOver = true;
          reject(error);
        }
        if (queued === 0 && !isOver) queue();
      };
      const queue = () => {
        queued = BATCH;
        for (let i = 0; i < BATCH; i++) nextImmediate(step);
      };
      queue();
    });
  }

  /** @returns false when nothing is left to happen. */
  #happen(until: number, stop: () => boolean): boolean {
    if (stop()) return false;
    let event = this.#heap.peek();
    while (event !== undefined && event.work === undefined) {
      this.#heap.pop();
      event = this.#heap.peek();
    }
    if (event === undefined || event.time > until) {
      if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#heap.pop();
    this.#now = event.time;
    this.eventCount += 1;
    const { work } = event;
    event.work = undefined;
    work?.();
    return true;
  }
}

function isBefore(left: Event, right: Event): boolean {
  if (left.time !== right.time) return left.time < right.time;
  if (left.tie !== right.tie) return left.tie < right.tie;
  return left.sequence < right.sequence;
}
