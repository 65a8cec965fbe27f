import { describe, expect, it } from 'vitest';
import { createLocalRateLimiter, type Weight } from '../../shared/ocrolus/rate-limit.ts';
import { virtualClock } from './virtual-clock.ts';

const FAR = 1_000_000;

function open(perSecond = 20, heavyPerSecond = 1) {
  const clock = virtualClock();
  const limiter = createLocalRateLimiter({ perSecond, heavyPerSecond, ...clock });
  const started: { weight: Weight; at: number }[] = [];
  const take = async (weight: Weight, deadline = FAR) => {
    await limiter.take(weight, deadline);
    started.push({ weight, at: clock.now() });
  };
  const startsOf = (weight: Weight) => started.filter((call) => call.weight === weight).map(({ at }) => at);
  return { clock, limiter, take, startsOf };
}

const times = (count: number, make: () => Promise<void>) => Promise.all(Array.from({ length: count }, make));

/** The largest number of calls within any second. */
function busiestSecond(starts: readonly number[]): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1000).length));
}

it('the first call starts at once', async () => {
  const { clock, take, startsOf } = open();
  await clock.run(take('light'));
  expect(startsOf('light')).toEqual([0]);
});

it('a burst is spread evenly, and uses all of the limit', async () => {
  const { clock, take, startsOf } = open();
  await clock.run(times(100, () => take('light')));
  expect(startsOf('light')).toEqual(Array.from({ length: 100 }, (_, index) => index * 50));
});

it('a pause of the caller is not saved up: no second has more than the limit', async () => {
  const { clock, take, startsOf } = open();
  await clock.run(take('light'));
  clock.advance(10_000);
  await clock.run(times(60, () => take('light')));
  expect(busiestSecond(startsOf('light'))).toBe(20);
});

describe('heavy calls', () => {
  it('have a limit of their own', async () => {
    const { clock, take, startsOf } = open();
    await clock.run(times(5, () => take('heavy')));
    expect(startsOf('heavy')).toEqual([0, 1000, 2000, 3000, 4000]);
  });

  it('count among all calls', async () => {
    const { clock, take, startsOf } = open(20, 20);
    await clock.run(Promise.all([times(50, () => take('heavy')), times(50, () => take('light'))]));
    expect(busiestSecond([...startsOf('heavy'), ...startsOf('light')])).toBe(20);
  });

  it('that wait for their turn hold up no light ones', async () => {
    const { clock, take, startsOf } = open();
    await clock.run(Promise.all([times(10, () => take('heavy')), times(40, () => take('light'))]));
    // 40 light ones and 2 or 3 heavy ones fit into little more than two seconds.
    expect(Math.max(...startsOf('light'))).toBeLessThanOrEqual(2200);
    expect(Math.max(...startsOf('heavy'))).toBeLessThanOrEqual(10_000);
  });
});

describe('a deadline', () => {
  it.each<Weight>(['light', 'heavy'])(
    'that a %s call cannot keep is told at once, as retry',
    async (weight) => {
      const { clock, take } = open(1, 1);
      await clock.run(take(weight));
      await expect(clock.run(take(weight, 999))).rejects.toMatchObject({
        class: 'retry',
        code: 'rate-limit',
      });
      expect(clock.now()).toBe(0);
    },
  );

  it('that can just be kept is', async () => {
    const { clock, take, startsOf } = open(1, 1);
    await clock.run(take('light'));
    await clock.run(take('light', 1000));
    expect(startsOf('light')).toEqual([0, 1000]);
  });

  it('that was not kept takes no place from others', async () => {
    const { clock, take, startsOf } = open(1, 1);
    await clock.run(take('light'));
    await clock.run(take('light', 500).catch(() => {}));
    await clock.run(take('light'));
    expect(startsOf('light')).toEqual([0, 1000]);
  });
});

describe('a 429', () => {
  it.each<Weight>(['light', 'heavy'])('stops %s calls for so long', async (weight) => {
    const { clock, limiter, take, startsOf } = open();
    limiter.pause(7);
    await clock.run(take(weight));
    expect(startsOf(weight)).toEqual([7000]);
  });

  it('does not shorten a wait that is longer', async () => {
    const { clock, limiter, take, startsOf } = open();
    limiter.pause(7);
    limiter.pause(1);
    await clock.run(take('light'));
    expect(startsOf('light')).toEqual([7000]);
  });
});
