import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { openClients } from '../../../infra/running-stacks/clients.ts';
import { type FixtureStack, startFixtureStack } from './fixtures/stack.ts';

let stack: FixtureStack;
beforeAll(async () => {
  stack = await startFixtureStack({ environment: { '*': { STAGE: 'all' }, webhook: { STAGE: 'mine' } } });
});
afterAll(() => stack.stop());

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const queueIsEmpty = () =>
  eventually(async () => expect(await stack.depth(stack.queues.work?.url ?? '')).toBe(0));

test('a message arrives once and is deleted', async () => {
  await stack.send({ key: 'once' });
  await eventually(async () => expect(await stack.attempts('once')).toHaveLength(1));
  await queueIsEmpty();
  const [attempt] = await stack.attempts('once');
  expect(attempt?.eventSourceARN).toBe('arn:aws:sqs:us-east-1:000000000000:fixture-work');
});

test('of a batch, only the messages that failed come again', async () => {
  await stack.send({ key: 'good' }, { key: 'bad', first: 'fail' }, { key: 'fine' });
  await eventually(async () => expect(await stack.attempts('bad')).toHaveLength(2));
  await queueIsEmpty();
  expect(await stack.attempts('good')).toHaveLength(1);
  expect(await stack.attempts('fine')).toHaveLength(1);
});

test('after an error, the message comes again', async () => {
  await stack.send({ key: 'after-error', first: 'throw' });
  await eventually(async () => expect(await stack.attempts('after-error')).toHaveLength(2));
  await queueIsEmpty();
});

test('a crash is in the log, with the name of the function, and a new environment takes over', async () => {
  await stack.send({ key: 'crashed', first: 'crash' });
  await eventually(async () => expect(await stack.attempts('crashed')).toHaveLength(2));
  const [first, second] = await stack.attempts('crashed');
  expect(second?.pid).not.toBe(first?.pid);
  expect(stack.lines.join('\n')).toMatch(/\[work\] RequestId: \S+ Runtime.ExitError: .*exit status 7/);
  await queueIsEmpty();
});

test('a killed environment loses no message', async () => {
  await stack.send({ key: 'killed', first: 'hang' });
  await eventually(async () => expect(await stack.attempts('killed')).toHaveLength(1));
  expect(await stack.killEnvironment('work')).toBe(true);
  await eventually(async () => expect(await stack.attempts('killed')).toHaveLength(2));
  await queueIsEmpty();
});

test('a message that fails as often as the template says goes to the dead-letter queue', async () => {
  await stack.send({ key: 'hopeless', first: 'fail', later: 'fail' });
  await eventually(async () => expect(await stack.dead()).toContain('hopeless'));
  expect(await stack.attempts('hopeless')).toHaveLength(2);
});

const Ticked = z.object({ event: z.unknown(), runs: z.number(), requestId: z.string(), pid: z.number() });

async function tick() {
  const outcome = await stack.invoke('poller', { from: 'test' });
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return { requestId: outcome.requestId, ticked: Ticked.parse(JSON.parse(outcome.payload)) };
}

test('functions have the names that people use', () => {
  expect(stack.functionNames).toEqual(['webhook', 'work', 'poller', 'publisher']);
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
  await expect(stack.invoke('nothing', {})).rejects.toThrow('webhook, work, poller, publisher');
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

test('a change of the table reaches the bus through the publisher, and the file of events', async () => {
  const { table, close } = openClients(stack);
  const write = (item: string, value: string) => table().put({ bookId: 'b', item, value });
  for (const value of ['one', 'one', 'two']) await write('BOOK', value);
  await table().delete({ bookId: 'b', item: 'BOOK' });
  await write('OTHER', 'one');
  await write('DOC#d', 'one');
  close();
  const published = async () => (await readFile(stack.events.file, 'utf8')).split('\n').filter(Boolean);
  await eventually(async () => expect(await published()).toHaveLength(3));
  expect((await published()).map((line) => JSON.parse(line).detail)).toMatchObject([
    { eventName: 'INSERT', item: 'BOOK' },
    { eventName: 'MODIFY', item: 'BOOK' },
    { eventName: 'INSERT', item: 'DOC#d' },
  ]);
});

test('with another DynamoDB, the log says that there are no events', async () => {
  const other = await startFixtureStack({ dynamodbEndpoint: stack.endpoints.dynamodb });
  await other.stop();
  expect(other.lines.join('\n')).toMatch(/\[events\] .*DYNAMODB_ENDPOINT/);
});
