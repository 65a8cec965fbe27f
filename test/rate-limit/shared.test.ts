import { expect, test } from 'vitest';
import type { Weight } from '../../shared/rate-limit/limiter.ts';
import { useTables } from '../store/testing/table.ts';
import { openProcesses, repeat } from './testing/processes.ts';

const createTable = useTables();

test('the first call starts at once, the others follow evenly', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 1 });
  const { take } = startConsumer();
  const starts = await clock.run(repeat(4, () => take('light')));
  for (const [n, start] of starts.entries()) {
    expect(start).toBeGreaterThanOrEqual(1025 * n);
    expect(start).toBeLessThan(1026 * n + 10);
  }
});

test('calls of one moment cost one request to the table', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { take, requests } = startConsumer();
  await clock.run(repeat(10, () => take('light')));
  expect(requests()).toBe(1);
});

test('heavy calls also wait for each other', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { take } = startConsumer();
  const [first = Number.NaN, second = Number.NaN] = await clock.run(repeat(2, () => take('heavy')));
  expect(second - first).toBeGreaterThan(1000);
});

test('heavy calls that come one after the other use their whole limit', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { take } = startConsumer();
  const starts = await clock.run(
    repeat(9, async (n) => {
      await clock.wait(n * 100);
      return take('heavy');
    }),
  );
  expect(Math.max(...starts)).toBeLessThan(8 * 1026 + 100);
});

test('after a quiet minute the first call starts at once', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { take } = startConsumer();
  await clock.run(repeat(30, () => take('light')));
  clock.advance(60_000);
  const askedAt = clock.now();
  expect((await clock.run(take('light'))) - askedAt).toBeLessThan(10);
});

test('heavy calls count among all calls', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 2, heavyPerSecond: 100 });
  const { take } = startConsumer();
  const calls = [repeat(5, () => take('heavy')), repeat(5, () => take('light'))];
  const starts = (await clock.run(Promise.all(calls))).flat();
  expect(Math.max(...starts)).toBeGreaterThan(9 * 500);
});

test('a call that cannot keep its deadline fails and does not hold up the others', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { take } = startConsumer();
  const calls = repeat(10, async (n) => {
    const [outcome] = await Promise.allSettled([take('light', n === 9 ? 100 : undefined)]);
    return outcome;
  });
  const outcomes = await clock.run(calls);
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(9).fill('fulfilled'), 'rejected']);
  expect(outcomes.at(-1)).toMatchObject({
    reason: { class: 'retry', code: 'rate-limit', retryAfterSeconds: 1 },
  });
});

test.each<Weight>(['light', 'heavy'])(
  'after a 429 no process makes a %s call for a while',
  async (weight) => {
    const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
    const [one, other] = [startConsumer(), startConsumer()];
    await clock.run(one.limiter.pause(5));
    expect(await clock.run(other.take(weight))).toBeGreaterThanOrEqual(5000);
  },
);

test('a pause longer than permits are reserved ahead is a rate limit, and says how long it is', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { limiter, take } = startConsumer();
  await clock.run(limiter.pause(86_400));
  await expect(clock.run(take('light'))).rejects.toMatchObject({
    class: 'retry',
    code: 'rate-limit',
    retryAfterSeconds: 60,
  });
});

test('heavy calls that were asked for during a pause are still spaced after it', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const { limiter, take } = startConsumer();
  await clock.run(limiter.pause(5));
  const starts = await clock.run(repeat(4, () => take('heavy')));
  for (const [n, start] of starts.slice(1).entries()) {
    expect(start - (starts[n] ?? Number.NaN)).toBeGreaterThan(1000);
  }
});

/** One process has a permit in one second when another one pauses all calls. */
const pauseDuringWait = async (seconds: number) => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 1 });
  const [one, other] = [startConsumer(), startConsumer()];
  await clock.run(one.take('light'));
  const waiting = one.take('light');
  const pause = async () => {
    await clock.wait(500);
    await other.limiter.pause(seconds);
    // By this second call the first process learns about the pause.
    const [next] = await Promise.allSettled([one.take('light')]);
    return next;
  };
  const [[call], next] = await clock.run(Promise.all([Promise.allSettled([waiting]), pause()]));
  return { call, next };
};

test('a permit reserved before a 429 is given up: the call gets one after the pause', async () => {
  const { call, next } = await pauseDuringWait(3);
  expect(next).toMatchObject({ status: 'fulfilled' });
  expect(call).toMatchObject({ status: 'fulfilled', value: expect.any(Number) });
  expect(call.status === 'fulfilled' && call.value).toBeGreaterThanOrEqual(3500);
});

test('a permit reserved before a long pause is given up: the call fails', async () => {
  const { call } = await pauseDuringWait(30);
  expect(call).toMatchObject({ status: 'rejected', reason: { code: 'rate-limit' } });
});

test('a call that waited for the end of a pause learns that the pause was extended', async () => {
  const { clock, startConsumer } = openProcesses(await createTable(), { perSecond: 10 });
  const [one, other] = [startConsumer(), startConsumer()];
  await clock.run(one.limiter.pause(5));
  const extend = async () => {
    await clock.wait(2000);
    await other.limiter.pause(7);
  };
  const [starts] = await clock.run(Promise.all([repeat(3, () => one.take('light')), extend()]));
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(9000);
});
