import { expect, test } from 'vitest';
import { memoryTable } from '../store/testing/memory-table.ts';
import { openProcesses, repeat } from './testing/processes.ts';

const start = async () => {
  const processes = openProcesses(await memoryTable(), { perSecond: 10 });
  return { ...processes, consumer: processes.startConsumer(), poller: processes.startPoller() };
};
type Processes = Awaited<ReturnType<typeof start>>;

/** Runs `work` behind ten consumers with eight calls at once, without end: that is a queue of 8 seconds. */
const behindConsumers = async <T>(
  work: (processes: Processes, endLoad: () => void) => Promise<T>,
): Promise<T> => {
  const processes = await start();
  const { clock, consumer, startConsumer } = processes;
  let hasLoad = true;
  const endLoad = () => {
    hasLoad = false;
  };
  const consumers = [consumer, ...Array.from({ length: 9 }, startConsumer)];
  const load = consumers.flatMap(({ take }) =>
    Array.from({ length: 8 }, async () => {
      // A pause may end the calls of a consumer.
      while (hasLoad) await take('light').catch(endLoad);
    }),
  );
  const later = async () => {
    await clock.wait(1000);
    return work(processes, endLoad).finally(endLoad);
  };
  const [result] = await clock.run(Promise.all([later(), ...load]));
  return result;
};

/** @returns how many calls a poller makes one after the other, from now. */
const countCalls = async ({ clock, poller }: Processes, milliseconds: number) => {
  const endsAt = clock.now() + milliseconds;
  let calls = 0;
  while ((await poller.take('light')) < endsAt) calls += 1;
  return calls;
};

test('behind consumers a poller waits once, then gets about one permit a second', async () => {
  const starts = await behindConsumers(async ({ poller }) => {
    const made: number[] = [];
    while (made.length < 10) made.push(await poller.take('light'));
    return made;
  });
  const [first = Number.NaN] = starts;
  const last = starts.at(-1) ?? Number.NaN;
  expect(first).toBeGreaterThan(7000);
  expect((last - first) / 9).toBeGreaterThan(900);
  expect((last - first) / 9).toBeLessThan(1500);
});

test('calls that a poller makes at once get no more than its share', async () => {
  const calls = await behindConsumers(async ({ clock, poller }) => {
    await poller.take('light');
    const endsAt = clock.now() + 10_000;
    const callers = await repeat(5, async () => {
      let made = 0;
      while ((await poller.take('light')) < endsAt) made += 1;
      return made;
    });
    return callers.reduce((sum, made) => sum + made, 0);
  });
  expect(calls).toBeGreaterThanOrEqual(5);
  expect(calls).toBeLessThanOrEqual(11);
});

test('a poller whose deadline is within the queue fails, and leaves its permit to its next call', async () => {
  const { failure, startedAt } = await behindConsumers(async ({ clock, poller }) => {
    const [outcome] = await Promise.allSettled([poller.take('light', clock.now() + 1000)]);
    return { failure: outcome, startedAt: await poller.take('light') };
  });
  expect(failure).toMatchObject({
    status: 'rejected',
    reason: { class: 'retry', code: 'rate-limit', retryAfterSeconds: 8 },
  });
  expect(startedAt).toBeLessThan(8500);
});

test('without load a poller takes as many permits as it asks for', async () => {
  const processes = await start();
  expect(await processes.clock.run(countCalls(processes, 5000))).toBeGreaterThan(45);
});

test('after the load a poller is as fast as before', async () => {
  const calls = await behindConsumers(async (processes, endLoad) => {
    await processes.poller.take('light');
    endLoad();
    await processes.clock.wait(10_000);
    return countCalls(processes, 5000);
  });
  expect(calls).toBeGreaterThan(45);
});

test('a poller gives up the permits that a pause voids', async () => {
  const startedAt = await behindConsumers(async ({ clock, consumer, poller }) => {
    const pause = async () => {
      await clock.wait(3000);
      await consumer.limiter.pause(8);
    };
    const [start] = await Promise.all([poller.take('light'), pause()]);
    return start;
  });
  expect(startedAt).toBeGreaterThanOrEqual(12_000);
});
