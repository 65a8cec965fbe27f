import { seeded } from '../../../../infra/local/ocrolus/random.ts';

/** Draws what a case is made of; the same seed and number draw the same. */
export interface Draw {
  /** 0 to `below`, which is not reached. */
  int(below: number): number;
  chance(share: number): boolean;
  one<T>(list: readonly [T, ...T[]]): T;
  bytes(count: number): Buffer;
}

export function drawFor(seed: number, number: number): Draw {
  // Neighbouring cases have nothing in common.
  const random = seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  const int = (below: number) => Math.floor(random() * below);
  return {
    int,
    chance: (share) => random() < share,
    one: (list) => list[int(list.length)] ?? list[0],
    bytes(count) {
      const bytes = Buffer.alloc(count);
      for (let at = 0; at < count; at += 1) bytes[at] = int(256);
      return bytes;
    },
  };
}
