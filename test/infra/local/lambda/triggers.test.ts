import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failedMessageIds } from '../../../../infra/local/lambda/event-source.ts';
import type { InvocationOutcome } from '../../../../infra/local/lambda/protocol.ts';
import { runSchedule } from '../../../../infra/local/lambda/triggers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DONE: InvocationOutcome = { ok: true, requestId: '1', payload: 'null' };

test('runs after each interval, the first time after one', async () => {
  const invoke = vi.fn(async () => DONE);
  const schedule = runSchedule(60, invoke, () => {});
  await vi.advanceTimersByTimeAsync(59_999);
  expect(invoke).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(120_001);
  expect(invoke).toHaveBeenCalledTimes(3);
  schedule.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(invoke).toHaveBeenCalledTimes(3);
});

test('a run that takes longer than the interval delays the next: runs never overlap', async () => {
  const runs: PromiseWithResolvers<InvocationOutcome>[] = [];
  const schedule = runSchedule(
    60,
    () => {
      const run = Promise.withResolvers<InvocationOutcome>();
      runs.push(run);
      return run.promise;
    },
    () => {},
  );
  await vi.advanceTimersByTimeAsync(300_000);
  expect(runs).toHaveLength(1);
  runs[0]?.resolve(DONE);
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toHaveLength(2);
  schedule.stop();
});

const IDS = ['one', 'two'];

test.each([
  ['null', 'null', []],
  ['no list', '{}', []],
  ['a list of null', '{"batchItemFailures":null}', []],
  ['an empty list', '{"batchItemFailures":[]}', []],
  ['a message of the batch', '{"batchItemFailures":[{"itemIdentifier":"two"}]}', ['two']],
  ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', IDS],
  ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}', IDS],
  ['another key', '{"batchItemFailures":[{"id":"two"}]}', IDS],
  ['a message that is not in the batch', '{"batchItemFailures":[{"itemIdentifier":"three"}]}', IDS],
  ['no list but an object', '{"batchItemFailures":{}}', IDS],
])('%s leaves the right messages in the queue', (_name, payload, failed) => {
  expect([...failedMessageIds(payload, IDS)]).toEqual(failed);
});
