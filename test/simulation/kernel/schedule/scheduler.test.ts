import { expect, it } from 'vitest';
import { START, startSimulation } from '../testing/simulation.ts';

it('runs events in the order of their time, and moves the clock to the end', async () => {
  const { scheduler } = startSimulation(1);
  const seen: string[] = [];
  scheduler.at(START + 20, () => seen.push('second'));
  scheduler.at(START + 10, () => seen.push('first'));
  scheduler.at(START + 3000, () => seen.push('too late'));
  await scheduler.run(START + 1000);
  expect(seen).toEqual(['first', 'second']);
  expect(scheduler.now()).toBe(START + 1000);
});

it('orders events of one millisecond by the seed', async () => {
  const orderOf = async (seed: number) => {
    const { scheduler } = startSimulation(seed);
    let order = '';
    for (const letter of 'abcdefgh') scheduler.at(START, () => (order += letter));
    await scheduler.run(START);
    return order;
  };
  expect(await orderOf(1)).toBe(await orderOf(1));
  expect(await orderOf(1)).not.toBe(await orderOf(2));
});

it('lets every promise continuation run before the next event', async () => {
  const { scheduler } = startSimulation(1);
  const seen: string[] = [];
  const deep = async (depth: number): Promise<void> => {
    await null;
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    if (depth > 0) return await deep(depth - 1);
    seen.push('continuation', await new Response('body').text());
  };
  for (let i = 0; i < 600; i++) {
    scheduler.at(START + i, () => {
      seen.push('event');
      void deep(20);
    });
  }
  await scheduler.run(Number.POSITIVE_INFINITY);
  expect(seen).toEqual(Array.from({ length: 600 }, () => ['event', 'continuation', 'body']).flat());
});

it('runs what an event schedules, and not what was cancelled', async () => {
  const { scheduler } = startSimulation(1);
  const seen: number[] = [];
  const cancelled = scheduler.after(5, () => seen.push(-1));
  scheduler.after(1, () => {
    scheduler.cancel(cancelled);
    void scheduler.sleep(10).then(() => seen.push(scheduler.now() - START));
  });
  await scheduler.run(Number.POSITIVE_INFINITY);
  expect(seen).toEqual([11]);
  expect(scheduler.eventCount).toBe(2);
});

it('stops early on demand, and rejects with what an event throws', async () => {
  const { scheduler } = startSimulation(1);
  let count = 0;
  for (let i = 1; i <= 10; i++) scheduler.after(i, () => (count += 1));
  await scheduler.run(Number.POSITIVE_INFINITY, () => count === 4);
  expect(scheduler.now()).toBe(START + 4);
  scheduler.after(0, () => {
    throw new Error('broken');
  });
  await expect(scheduler.run(Number.POSITIVE_INFINITY)).rejects.toThrow('broken');
});
