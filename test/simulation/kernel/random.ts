/** Two lanes of FNV-1a with different primes: 64 bits, and a nanosecond or two a character. */
const FIRST_PRIME = 0x0100_0193;
const SECOND_PRIME = 0x5bd1_e995;

/** A hash of a text as two numbers of 32 bits. */
function hashText(text: string, salt: number): [number, number] {
  const hash = new RunningHash(salt);
  hash.text(text);
  return hash.lanes();
}

/** A hash of everything that was added so far, in this order. */
class RunningHash {
  #first: number;
  #second: number;

  constructor(salt = 0) {
    this.#first = 0x811c_9dc5 ^ salt;
    this.#second = 0x9747_b28c ^ salt;
  }

  text(text: string): void {
    let first = this.#first;
    let second = this.#second;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      first = Math.imul(first ^ unit, FIRST_PRIME);
      second = Math.imul(second ^ unit, SECOND_PRIME);
    }
    this.#first = first;
    this.#second = second;
    this.number(text.length);
  }

  /** @param value a whole number; of a larger one than 2^53 only the lowest bits count. */
  number(value: number): void {
    this.#first = Math.imul(this.#first ^ (value | 0), FIRST_PRIME);
    this.#second = Math.imul(this.#second ^ Math.floor(value / 0x1_0000), SECOND_PRIME);
    this.#first ^= this.#first >>> 15;
    this.#second ^= this.#second >>> 13;
  }

  lanes(): [number, number] {
    return [mixed(this.#first), mixed(this.#second)];
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    return this.lanes()
      .map((lane) => lane.toString(16).padStart(8, '0'))
      .join('');
  }
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output. */
function mixed(lane: number): number {
  let value = lane;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Seeded random numbers: sfc32 (https://pracrand.sourceforge.net/RNG_engines.txt), 128 bits of state and a few
 * nanoseconds a number.
 */
export class Random {
  readonly seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string | number) {
    this.seed = String(seed);
    [this.#a, this.#b] = hashText(this.seed, 0);
    [this.#c] = hashText(this.seed, 1);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /**
   * A stream of its own. It depends on the seed and the label only, not on what was drawn before, so that one more
   * draw in one place does not change every other place. The same label twice gives the same stream.
   */
  fork(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1));
  }

  /** A whole number of a range, both ends included. */
  within([min, max]: readonly [number, number]): number {
    return min === max ? min : this.int(min, max);
  }

  /** Draws nothing when the answer is certain, so that a probability of 0 costs nothing. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.float() < probability;
  }

  /** @throws RangeError when there is nothing to pick from. */
  pick<Value>(values: readonly Value[]): Value {
    for (const value of values.slice(this.int(0, values.length - 1))) return value;
    throw new RangeError('nothing to pick from');
  }

  /** The values in another order. */
  shuffled<Value>(values: readonly Value[]): Value[] {
    return values
      .map((value) => ({ value, rank: this.uint32() }))
      .sort((left, right) => left.rank - right.rank)
      .map(({ value }) => value);
  }

  /** An id in the form of a version 4 UUID. */
  uuid(): string {
    const hex = (digits: number) => this.uint32().toString(16).padStart(8, '0').slice(0, digits);
    const variant = this.pick(['8', '9', 'a', 'b']);
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`;
  }
}

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
