import { describe, expect, it } from 'vitest';
import { MAX_PAUSE_SECONDS, type Weight } from '../../../shared/rate-limit/limiter.ts';
import { createLocalRateLimiter } from '../../../shared/rate-limit/local.ts';
import { virtualClock } from '../ocrolus/testing/virtual-clock.ts';
import { busiestSecond, repeat, takeFrom } from './testing/processes.ts';

function open(perSecond = 20, heavyPerSecond = 1) {
  const clock = virtualClock();
  const limiter = createLocalRateLimiter({ perSecond, heavyPerSecond, ...clock });
  return { clock, limiter, take: takeFrom(limiter, clock.now) };
}

const rateLimited = { class: 'retry', code: 'rate-limit' };

it('spreads a burst evenly and uses the whole limit', async () => {
  const { clock, take } = open();
  const starts = await clock.run(repeat(100, () => take('light')));
  expect(starts).toEqual(Array.from({ length: 100 }, (_, n) => n * 50));
});

it('saves up nothing during a quiet time: no second has more calls than the limit', async () => {
  const { clock, take } = open();
  await clock.run(take('light'));
  clock.advance(10_000);
  expect(busiestSecond(await clock.run(repeat(60, () => take('light'))))).toBe(20);
});

describe('heavy calls', () => {
  it('have a limit of their own', async () => {
    const { clock, take } = open();
    expect(await clock.run(repeat(5, () => take('heavy')))).toEqual([0, 1000, 2000, 3000, 4000]);
  });

  it('count among all calls', async () => {
    const { clock, take } = open(20, 20);
    const calls = [repeat(50, () => take('heavy')), repeat(50, () => take('light'))];
    expect(busiestSecond((await clock.run(Promise.all(calls))).flat())).toBe(20);
  });

  it('do not hold up light calls while they wait', async () => {
    const { clock, take } = open();
    const calls = [repeat(10, () => take('heavy')), repeat(40, () => take('light'))];
    const [heavy = [], light = []] = await clock.run(Promise.all(calls));
    // 40 light calls and 2 or 3 heavy ones need little more than two seconds.
    expect(Math.max(...light)).toBeLessThanOrEqual(2200);
    expect(Math.max(...heavy)).toBeLessThanOrEqual(10_000);
  });
});

describe('a deadline', () => {
  it.each<Weight>(['light', 'heavy'])('that a %s call cannot keep fails at once', async (weight) => {
    const { clock, take } = open(1, 1);
    await clock.run(take(weight));
    await expect(clock.run(take(weight, 999))).rejects.toMatchObject({
      ...rateLimited,
      retryAfterSeconds: 1,
    });
    expect(clock.now()).toBe(0);
  });

  it('that a call can just keep is kept', async () => {
    const { clock, take } = open(1, 1);
    await clock.run(take('light'));
    expect(await clock.run(take('light', 1000))).toBe(1000);
  });

  it('that was not kept uses no permit', async () => {
    const { clock, take } = open(1, 1);
    await clock.run(take('light'));
    await expect(clock.run(take('light', 500))).rejects.toMatchObject(rateLimited);
    expect(await clock.run(take('light'))).toBe(1000);
  });
});

describe('a pause', () => {
  it.each<[string, readonly number[], Weight, readonly number[]]>([
    ['stops light calls', [7], 'light', [7000]],
    ['stops heavy calls, and leaves them spaced after it', [5], 'heavy', [5000, 6000, 7000]],
    ['does not shorten a longer one', [7, 1], 'light', [7000]],
    ['is at most a minute long', [86_400], 'light', [MAX_PAUSE_SECONDS * 1000]],
  ])('%s', async (_what, pauses, weight, expected) => {
    const { clock, limiter, take } = open();
    for (const seconds of pauses) await limiter.pause(seconds);
    expect(await clock.run(repeat(expected.length, () => take(weight)))).toEqual(expected);
  });

  it.each<Weight>(['light', 'heavy'])('voids the permits of %s calls that wait already', async (weight) => {
    const { clock, limiter, take } = open(1, 1);
    await clock.run(take(weight));
    const [start] = await clock.run(Promise.all([take(weight), limiter.pause(5)]));
    expect(start).toBe(5000);
  });
});
