import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FixtureStack, startFixtureStack } from './fixtures/stack.ts';

let stack: FixtureStack;
beforeAll(async () => {
  stack = await startFixtureStack();
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

test.each(['throw', 'crash', 'malformed'] as const)('after "%s", the message comes again', async (first) => {
  await stack.send({ key: `after-${first}`, first });
  await eventually(async () => expect(await stack.attempts(`after-${first}`)).toHaveLength(2));
  await queueIsEmpty();
});

test('a crash is in the log, with the name of the function, and a new environment takes over', async () => {
  await stack.send({ key: 'crashed', first: 'crash' });
  await eventually(async () => expect(await stack.attempts('crashed')).toHaveLength(2));
  const [first, second] = await stack.attempts('crashed');
  expect(second?.pid).not.toBe(first?.pid);
  expect(stack.lines.join('\n')).toMatch(/\[work\] RequestId: \S+ Runtime.ExitError: .*exit status 7/);
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
