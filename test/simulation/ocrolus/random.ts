/** A source of chance; the kernel's generator and `createRandom` both satisfy it. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 up to, but not including, `n`. */
  int(n: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
}

/** A generator of its own for each book (sfc32), so that no book's life depends on what happens to others. */
export function createRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = mix(a, 1);
  let c = mix(b, 2);
  let counter = 1;
  const step = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let n = 0; n < 8; n += 1) step();
  const next = () => step() / 0x1_0000_0000;
  return {
    next,
    int: (n) => Math.floor(next() * n),
    chance: (p) => next() < p,
    pick: (list) => {
      const found = list[Math.floor(next() * list.length)];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found;
    },
  };
}

/** A number from 0 to 2^32 - 1 that depends on both: chance without a state. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(b + 0x7f4a_7c15, 0xc2b2_ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

const hex8 = (value: number) => value.toString(16).padStart(8, '0');

/** A uuid of version 4 form. */
export function uuidFrom(random: Random): string {
  const b = hex8(random.int(0x1_0000_0000));
  const c = hex8(random.int(0x1_0000_0000));
  const tail = c.slice(2) + hex8(random.int(0x1_0000_0000)).slice(0, 6);
  return `${hex8(random.int(0x1_0000_0000))}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(0, 3)}-${tail}`;
}

/** Milliseconds between `least` and `most`, each order of magnitude equally likely. */
export function span(random: Random, least: number, most: number): number {
  return Math.round(least * (most / least) ** random.next());
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
