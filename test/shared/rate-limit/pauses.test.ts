import { expect, test } from 'vitest';
import type { Weight } from '../../../shared/rate-limit/limiter.ts';
import { openProcesses, repeat } from './testing/processes.ts';

test.each<Weight>(['light', 'heavy'])(
  'after a 429 no process makes a %s call for a while',
  async (weight) => {
    const { clock, startProcess } = await openProcesses();
    const [one, other] = [startProcess(), startProcess()];
    await clock.run(one.limiter.pause(5));
    expect(await clock.run(other.take(weight))).toBeGreaterThanOrEqual(5000);
  },
);

/** A process has ten permits within 0.8 s when another one pauses all calls, and then asks for another one. */
const pauseDuringWait = async (seconds: number) => {
  const { clock, startProcess } = await openProcesses();
  const [one, other] = [startProcess(), startProcess()];
  const waiting = Promise.allSettled(Array.from({ length: 10 }, () => one.take('light')));
  const pause = async () => {
    await clock.wait(100);
    await other.limiter.pause(seconds);
    // The pause is in the item, and a process learns of it when it writes.
    await one.limiter.pause(0);
  };
  const [calls] = await clock.run(Promise.all([waiting, pause()]));
  const started = calls.flatMap((call) => (call.status === 'fulfilled' ? call.value : []));
  return { started, failed: calls.filter(({ status }) => status === 'rejected') };
};

test('permits reserved before a pause are given up: the calls get some after the pause', async () => {
  const { started } = await pauseDuringWait(3);
  expect(started).toHaveLength(10);
  expect(started.filter((at) => at > 110 && at < 3100)).toEqual([]);
  expect(started.filter((at) => at >= 3100).length).toBeGreaterThan(2);
});

test.each([
  { deadline: 'far away', patienceMs: undefined },
  { deadline: 'soon after both pauses', patienceMs: 7000 },
])('a call with a deadline $deadline learns that a pause was extended', async ({ patienceMs }) => {
  const { clock, startProcess } = await openProcesses();
  const [one, other] = [startProcess(), startProcess()];
  await clock.run(one.limiter.pause(5));
  const extend = async () => {
    await clock.wait(3000);
    await other.limiter.pause(3.5);
  };
  const [starts] = await clock.run(Promise.all([repeat(3, () => one.take('light', patienceMs)), extend()]));
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(6500);
});
