import { expect, it } from 'vitest';
import { Random } from './random.ts';

it('repeats its numbers for the same seed only', () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => random.uint32());
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
});

it('forks streams that do not depend on what was drawn before', () => {
  const [fresh, used] = [new Random(1), new Random(1)];
  used.uint32();
  expect(used.fork('a').uint32()).toBe(fresh.fork('a').uint32());
  expect(fresh.fork('a').uint32()).not.toBe(fresh.fork('b').uint32());
});

it('draws evenly', () => {
  const random = new Random(3);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const drawn = random.int(0, 9);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  expect(random.chance(0)).toBe(false);
  expect(random.chance(1)).toBe(true);
  expect(() => random.pick([])).toThrow(RangeError);
  expect(random.shuffled([1, 2, 3]).sort()).toEqual([1, 2, 3]);
});

it('makes ids that are UUIDs', () => {
  expect(new Random(4).uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
