import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atMostEvery } from '../../../infra/console/views/snapshot.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a part is read again after a while, or later if reading it takes long', async () => {
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

test('while it is read, others wait for the same answer; an error stays as long', async () => {
  const read = vi.fn(async (): Promise<number> => {
    throw new Error('denied');
  });
  const part = atMostEvery(1000, read);
  const [one, other] = await Promise.allSettled([part(), part()]);
  expect([one, other]).toMatchObject([{ reason: { message: 'denied' } }, { reason: { message: 'denied' } }]);
  await expect(part()).rejects.toThrow('denied');
  expect(read).toHaveBeenCalledTimes(1);
});
