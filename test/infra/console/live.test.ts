import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLive } from '../../../infra/console/live.ts';
import { atMostEvery } from '../../../infra/console/views/snapshot.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a listener gets each change of the snapshot, and is told when none can be taken', async () => {
  const take = vi.fn(async () => ({ n: 1 }));
  const live = createLive(take, 500);
  const heard: string[] = [];
  const stop = live.listen((snapshot) => heard.push(snapshot));
  await vi.advanceTimersByTimeAsync(600);
  take.mockRejectedValueOnce(new Error('no table')).mockRejectedValueOnce(new Error('no table'));
  await vi.advanceTimersByTimeAsync(2000);
  expect(heard).toEqual(['{"n":1}', 'null', '{"n":1}']);

  stop();
  await vi.advanceTimersByTimeAsync(1000);
  const calls = take.mock.calls.length;
  await vi.advanceTimersByTimeAsync(5000);
  expect(take).toHaveBeenCalledTimes(calls);
});

it('snapshots keep their distance, whatever listeners come and go, and none is taken without a listener', async () => {
  const times: number[] = [];
  const live = createLive(async () => ({ n: times.push(Date.now()) }), 10_000);
  for (let second = 0; second < 30; second += 1) {
    const stop = live.listen(() => {});
    await vi.advanceTimersByTimeAsync(900);
    stop();
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(60_000);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(times.length).toBeGreaterThan(1);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
  expect(times.length).toBeLessThanOrEqual(3);
  live.stop();
});

it('a part is read again after a while, or later if reading it takes long', async () => {
  let takes = 0;
  const read = vi.fn(async () => void (await vi.advanceTimersByTimeAsync(takes)));
  const part = atMostEvery(1000, read);
  await part();
  vi.advanceTimersByTime(999);
  await part();
  expect(read).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  takes = 500;
  await part();
  expect(read).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(9 * 500 - 1);
  await part();
  expect(read).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1);
  await part();
  expect(read).toHaveBeenCalledTimes(3);
});

it('while it is read, others wait for the same answer; an error stays as long', async () => {
  const read = vi.fn(async (): Promise<number> => {
    throw new Error('denied');
  });
  const part = atMostEvery(1000, read);
  const [one, other] = await Promise.allSettled([part(), part()]);
  expect([one, other]).toMatchObject([{ reason: { message: 'denied' } }, { reason: { message: 'denied' } }]);
  await expect(part()).rejects.toThrow('denied');
  expect(read).toHaveBeenCalledTimes(1);
});
