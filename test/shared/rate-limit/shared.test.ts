import { describe, expect, test } from 'vitest';
import { busiestSecond, openProcess, openProcesses, repeat } from './testing/processes.ts';

describe('a lone event', () => {
  test.each([0, 50, 200])('waits for one write in all, if Book status takes %i ms', async (statusMs) => {
    const { clock, take, requests } = await openProcess();
    const [status, results] = await clock.run(
      (async () => {
        const at = await take('light');
        await clock.wait(statusMs);
        return [at, await repeat(2, () => take('light'))] as const;
      })(),
    );
    expect(status).toBe(5);
    expect(results).toEqual([5 + statusMs, 5 + statusMs]);
    expect(requests()).toBe(1);
  });

  test('waits no longer after a quiet minute', async () => {
    const { clock, time, take } = await openProcess();
    await clock.run(repeat(30, () => take('light')));
    clock.advance(60_000);
    const askedAt = time();
    expect(await clock.run(repeat(3, () => take('light')))).toEqual([askedAt + 5, askedAt + 5, askedAt + 5]);
  });
});

describe('in no second are there more calls than the limit of Ocrolus', () => {
  test.each([
    { perSecond: 12, most: 20 },
    { perSecond: 20, most: 20 },
    { perSecond: 5, most: 10 },
    { perSecond: 40, most: 40 },
  ])('%o', async ({ perSecond, most }) => {
    const { clock, startProcess } = await openProcesses({ perSecond });
    const processes = Array.from({ length: 4 }, () => startProcess());
    const starts = await clock.run(
      Promise.all(
        processes.map(({ take }, n) =>
          repeat(40, async (call) => {
            await clock.wait(n * 1500 + call * 20);
            return take('light');
          }),
        ),
      ),
    );
    expect(busiestSecond(starts.flat())).toBeLessThanOrEqual(most);
    expect(busiestSecond(starts.flat())).toBeGreaterThan(most * 0.7);
  });

  test('also when the table answers late: permits that have expired are given up', async () => {
    const { clock, time, startProcess } = await openProcesses();
    const latencies = [5, 3000, 400, 5];
    const slow = () => startProcess({ latencyMs: () => latencies[Math.floor(time() / 7) % 4] ?? 0 });
    const processes = Array.from({ length: 4 }, slow);
    const starts = await clock.run(Promise.all(processes.map(({ take }) => repeat(50, () => take('light')))));
    expect(busiestSecond(starts.flat())).toBeLessThanOrEqual(20);
    expect(starts.flat()).toHaveLength(200);
  });
});

test('a lone call is made although the table takes longer than a permit is valid', async () => {
  const { clock, startProcess } = await openProcesses();
  const { take } = startProcess({ latencyMs: () => 600 });
  expect(await clock.run(take('light'))).toBeLessThan(3000);
});

test('at a rate of which no permit would be valid long enough, calls are made, of either weight', async () => {
  const { clock, startProcess } = await openProcesses({ perSecond: 1000, heavyPerSecond: 1000 });
  let request = 0;
  const latencyMs = () => {
    request += 1;
    return 10 + (request % 5) * 20;
  };
  const { take } = startProcess({ latencyMs });
  const calls = [repeat(50, () => take('heavy')), repeat(50, () => take('light'))];
  expect(Math.max(...(await clock.run(Promise.all(calls))).flat())).toBeLessThan(1300);
});

describe('heavy calls', () => {
  test('wait for each other, also after a quiet time', async () => {
    const { clock, take } = await openProcess();
    await clock.run(take('heavy'));
    clock.advance(60_000);
    const [first = Number.NaN, second = Number.NaN] = await clock.run(repeat(2, () => take('heavy')));
    expect(second - first).toBeGreaterThan(1000);
  });

  test('that come one after the other use their whole limit', async () => {
    const { clock, take } = await openProcess();
    const starts = await clock.run(
      repeat(9, async (n) => {
        await clock.wait(n * 100);
        return take('heavy');
      }),
    );
    expect(Math.max(...starts)).toBeLessThan(8 * 1026 + 100);
  });

  test('count among all calls', async () => {
    const { clock, take } = await openProcess({ perSecond: 2, heavyPerSecond: 100 });
    const calls = [repeat(5, () => take('heavy')), repeat(5, () => take('light'))];
    const starts = (await clock.run(Promise.all(calls))).flat();
    expect(Math.max(...starts)).toBeGreaterThanOrEqual(9 * 500 - 600);
  });
});

test('a call that cannot keep its deadline fails and does not hold up the others', async () => {
  const { clock, take } = await openProcess();
  const calls = repeat(10, async (n) => {
    const [outcome] = await Promise.allSettled([take('light', n === 8 ? 100 : undefined)]);
    return outcome;
  });
  const outcomes = await clock.run(calls);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  expect(outcomes[8]).toMatchObject({
    reason: { class: 'retry', code: 'rate-limit', retryAfterSeconds: 1 },
  });
});

test('a call that can just keep its deadline behind the queue keeps it', async () => {
  const { clock, take } = await openProcess({ perSecond: 1 });
  const last = async () => {
    await clock.wait(100);
    return take('light', 3301);
  };
  const [starts, start] = await clock.run(Promise.all([repeat(4, () => take('light')), last()]));
  expect(starts).toEqual([5, 400, 1400, 2400]);
  expect(start).toBe(3400);
});
