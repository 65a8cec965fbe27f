import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it, test } from 'vitest';
import type { InvocationOutcome } from '../../../../infra/local/lambda/protocol.ts';
import {
  consumeStream,
  pauseFor,
  readFilter,
  type StreamSource,
} from '../../../../infra/local/lambda/stream-source.ts';

const recordOf = (n: number, eventName: 'INSERT' | 'MODIFY' | 'REMOVE' = 'INSERT'): DynamoDBRecord => ({
  eventName,
  dynamodb: { SequenceNumber: String(n), Keys: { bookId: { S: 'b' }, item: { S: 'BOOK' } } },
});

/** An invocation that waits for its outcome. */
interface Invocation {
  readonly numbers: number[];
  end(outcome: InvocationOutcome): void;
}

let invocations: Invocation[];
let pauses: number[];
let nextInvocation: PromiseWithResolvers<void>;
beforeEach(() => {
  invocations = [];
  pauses = [];
  nextInvocation = Promise.withResolvers();
});

/** A function whose invocations the test ends. */
const lambda = {
  invoke: ({ Records }: DynamoDBStreamEvent) => {
    const outcome = Promise.withResolvers<InvocationOutcome>();
    const numbers = Records.map(({ dynamodb }) => Number(dynamodb?.SequenceNumber));
    invocations.push({ numbers, end: outcome.resolve });
    nextInvocation.resolve();
    nextInvocation = Promise.withResolvers();
    return outcome.promise;
  },
};

const consume = (options: Partial<StreamSource> = {}) =>
  consumeStream(
    { batchSize: 3, reportsFailures: true, accepts: () => true, ...options },
    { invoke: (event) => lambda.invoke(event as DynamoDBStreamEvent) },
    async (ms) => void pauses.push(ms),
  );

const ok = (payload: object | null = null): InvocationOutcome => ({
  ok: true,
  requestId: 'r',
  payload: JSON.stringify(payload),
});
const failedFrom = (...numbers: unknown[]) =>
  ok({ batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) });
const KILLED: InvocationOutcome = {
  ok: false,
  requestId: 'r',
  error: { errorType: 'Runtime.ExitError', errorMessage: 'signal: SIGKILL' },
};

/** Ends the invocation in progress. @returns the record numbers of the next one. */
async function endWith(outcome: InvocationOutcome): Promise<number[] | undefined> {
  const next = nextInvocation.promise;
  invocations.at(-1)?.end(outcome);
  await next;
  return invocations.at(-1)?.numbers;
}

async function firstOf(source: ReturnType<typeof consume>, ...records: DynamoDBRecord[]) {
  const next = nextInvocation.promise;
  for (const record of records) source.push(record);
  await next;
  return invocations.at(-1)?.numbers;
}

const ONE_TO_SEVEN = [1, 2, 3, 4, 5, 6, 7].map((n) => recordOf(n));

test('records are delivered in order, in batches, one at a time', async () => {
  const source = consume();
  expect(await firstOf(source, ...ONE_TO_SEVEN)).toEqual([1, 2, 3]);
  expect(invocations).toHaveLength(1);
  expect(await endWith(ok())).toEqual([4, 5, 6]);
  expect(await endWith(failedFrom())).toEqual([7]);
  invocations.at(-1)?.end(ok());
  expect(await firstOf(source, recordOf(8))).toEqual([8]);
  expect(pauses).toEqual([]);
});

test('after a partial failure, the stream continues from the first record that failed', async () => {
  const source = consume();
  await firstOf(source, ...ONE_TO_SEVEN);
  expect(await endWith(failedFrom('3', '2'))).toEqual([2, 3]);
  expect(await endWith(failedFrom('3'))).toEqual([3]);
  expect(await endWith(ok())).toEqual([4, 5, 6]);
  expect(pauses).toEqual([200, 200]);
});

test.each([
  ['an error', KILLED],
  ['a malformed response', failedFrom('')],
  ['a record of another batch', failedFrom('7')],
])('after %s, the same batch is repeated, although there are more records', async (_name, outcome) => {
  const source = consume();
  await firstOf(source, recordOf(1));
  source.push(recordOf(2));
  expect(await endWith(outcome)).toEqual([1]);
  expect(await endWith(ok())).toEqual([2]);
  expect(pauses).toEqual([200]);
});

test('a function that does not report failures has processed the whole batch', async () => {
  const source = consume({ reportsFailures: false });
  await firstOf(source, ...ONE_TO_SEVEN);
  expect(await endWith(failedFrom('2'))).toEqual([4, 5, 6]);
});

test('the pause grows to ten seconds, and starts over with the next batch', async () => {
  const source = consume();
  await firstOf(source, ...ONE_TO_SEVEN);
  for (let attempt = 0; attempt < 8; attempt += 1) expect(await endWith(KILLED)).toEqual([1, 2, 3]);
  expect(pauses).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  await endWith(ok());
  await endWith(KILLED);
  expect(pauses.at(-1)).toBe(200);
});

test('only records that the filter accepts are delivered', async () => {
  const source = consume({ accepts: readFilter({ Filters: [{ Pattern: '{"eventName":["MODIFY"]}' }] }) });
  const records = [recordOf(1), recordOf(2, 'MODIFY'), recordOf(3, 'REMOVE'), recordOf(4, 'MODIFY')];
  expect(await firstOf(source, ...records)).toEqual([2, 4]);
});

test('stop ends the source while it waits for records, and after an invocation that fails', async () => {
  const waiting = consume();
  waiting.stop();
  await waiting.done;
  const busy = consume();
  await firstOf(busy, ...ONE_TO_SEVEN);
  busy.stop();
  invocations.at(-1)?.end(KILLED);
  await busy.done;
  expect(invocations).toHaveLength(1);
});

test('stop interrupts a pause', async () => {
  const outcomes = [KILLED];
  const failed = Promise.withResolvers<void>();
  const source = consumeStream(
    { batchSize: 1, reportsFailures: true, accepts: () => true },
    {
      invoke: async () => {
        failed.resolve();
        return outcomes.pop() ?? Promise.reject(new Error('invoked again'));
      },
    },
    (_ms, signal) => pauseFor(3_600_000, signal),
  );
  source.push(recordOf(1));
  await failed.promise;
  source.stop();
  await source.done;
});

describe('a filter', () => {
  const BOOKS = JSON.stringify({
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { item: { S: ['BOOK', { prefix: 'RESULT#' }] } } },
  });
  const change = (eventName: string, item: string) => ({
    eventName,
    dynamodb: { Keys: { item: { S: item } } },
  });
  const filterOf = (...patterns: string[]) =>
    readFilter({ Filters: patterns.map((Pattern) => ({ Pattern })) });

  it.each([
    ['INSERT', 'BOOK', true],
    ['MODIFY', 'RESULT#summary#b', true],
    ['REMOVE', 'BOOK', false],
    ['INSERT', 'BOOKS', false],
    ['INSERT', 'RESULT', false],
    ['INSERT', 'DOC#d', false],
  ])('%s of %s: %s', (eventName, item, expected) => {
    expect(filterOf(BOOKS)(change(eventName, item))).toBe(expected);
  });

  it('has patterns any of which may match', () => {
    const accepts = filterOf('{"eventName":["REMOVE"]}', '{"dynamodb":{"Keys":{"item":{"S":["BOOK"]}}}}');
    expect(accepts(change('REMOVE', 'DOC#d'))).toBe(true);
    expect(accepts(change('INSERT', 'BOOK'))).toBe(true);
    expect(accepts(change('INSERT', 'DOC#d'))).toBe(false);
  });

  it('refuses a record without the member', () => {
    expect(filterOf(BOOKS)({ eventName: 'INSERT' })).toBe(false);
  });

  it('that is left out accepts all', () => {
    expect(readFilter()(change('REMOVE', 'DOC#d'))).toBe(true);
  });

  it('with a condition that is not known is an error that shows it', () => {
    const pattern = '{"eventName":[{"anything-but":["REMOVE"]}]}';
    expect(() => filterOf(pattern)).toThrow(`knows no filter like ${pattern}`);
  });
});
