import { hashText } from './hash.ts';

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
