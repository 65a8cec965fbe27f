import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type FixtureStack, startFixtureStack } from '../fixtures/stack.ts';

let stack: FixtureStack;
beforeAll(async () => {
  stack = await startFixtureStack({ environment: { '*': { STAGE: 'all' }, webhook: { STAGE: 'mine' } } });
});
afterAll(() => stack.stop());

const Ticked = z.object({ event: z.unknown(), runs: z.number(), requestId: z.string(), pid: z.number() });

async function tick() {
  const outcome = await stack.invoke('poller', { from: 'test' });
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return { requestId: outcome.requestId, ticked: Ticked.parse(JSON.parse(outcome.payload)) };
}

test('functions are named by their place', () => {
  expect(stack.functionNames).toEqual(['webhook', 'work', 'poller']);
});

test('an environment serves one event after another, each with its own request id', async () => {
  const first = await tick();
  const second = await tick();
  expect(second.ticked).toMatchObject({
    event: { from: 'test' },
    pid: first.ticked.pid,
    runs: first.ticked.runs + 1,
  });
  expect(first.ticked.requestId).toBe(first.requestId);
  expect(second.requestId).not.toBe(first.requestId);
});

test('reserved concurrency limits the environments; more events wait', async () => {
  const pids = await Promise.all([tick(), tick(), tick()].map(async (it) => (await it).ticked.pid));
  expect(new Set(pids).size).toBe(1);
});

test('the schedule invokes its target with its input', async () => {
  const outcome = await stack.invokePoller();
  expect(outcome.ok && JSON.parse(outcome.payload)).toMatchObject({ event: { from: 'schedule' } });
});

test('an event that takes longer than the timeout ends with its environment', async () => {
  const record = {
    messageId: 'm',
    body: '{"key":"slow","first":"hang"}',
    attributes: { ApproximateReceiveCount: '1' },
  };
  const outcome = await stack.invoke('work', { Records: [record] });
  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 2.00 seconds' },
  });
});

test("a handler's error is the outcome", async () => {
  const outcome = await stack.invoke('work', {});
  expect(outcome).toMatchObject({ ok: false, error: { errorType: 'TypeError' } });
});

test('environment variables can be overridden, for one function before all', async () => {
  const outcome = await stack.invoke('webhook', { isBase64Encoded: false, body: 'x' });
  const { body } = z.object({ body: z.string() }).parse(JSON.parse(outcome.ok ? outcome.payload : 'null'));
  expect(JSON.parse(body).environment.STAGE).toBe('mine');
});

test('an unknown function is an error that names those there are', async () => {
  await expect(stack.invoke('nothing', {})).rejects.toThrow('webhook, work, poller');
});

test('an environment that has nothing to do ends after a while, and the next event gets another', async () => {
  const quick = await startFixtureStack({ idleMs: 50 });
  try {
    await quick.invoke('poller', {});
    expect(quick.environments('poller')).toEqual({ busy: 0, idle: 1 });
    await expect.poll(() => quick.environments('poller')).toEqual({ busy: 0, idle: 0 });
    expect(await quick.invoke('poller', {})).toMatchObject({ ok: true });
  } finally {
    await quick.stop();
  }
});
