import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { createBookReader } from '../../../shared/public/book-reader.ts';
import { createReader, IncompleteBookError, UnknownBookError } from '../../../shared/public/reader.ts';
import { BOOK_ITEM } from '../../../shared/store/keys.ts';
import { startHttpServer } from '../../infra/ops/http-server.ts';
import { observation, writeAll } from '../store/testing/observations.ts';
import { useResults } from '../store/testing/results.ts';

const given = useResults();
const { bookId } = given;

/** Time passes only while the reader waits. */
let clock = 0;
const pauses: number[] = [];
/** What happens while the reader waits. */
let meanwhile: () => Promise<void> = async () => {};
afterEach(() => {
  clock = 0;
  pauses.length = 0;
  meanwhile = async () => {};
});
const reader = () =>
  createBookReader(given.reader, {
    now: () => clock,
    async wait(ms) {
      pauses.push(ms);
      clock += ms;
      await meanwhile();
    },
  });

async function setBook(attributes: Record<string, unknown>): Promise<void> {
  await given.table.update({ bookId, item: BOOK_ITEM }, { set: attributes });
}

const verified = () => writeAll(given.table, [observation(bookId, 1, 'VERIFIED')]);

describe('a wait for a book', () => {
  test('ends when it is complete, and reads ever less often', async () => {
    await verified();
    meanwhile = async () => {
      if (clock > 60_000) await setBook({ complete: true, open: [] });
    };
    const book = await reader().waitUntilComplete(bookId, { timeout: 600_000 });
    expect(book).toMatchObject({ bookId, complete: true });
    expect(pauses.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(pauses.at(-1)).toBe(15_000);
    expect(pauses.length).toBeLessThan(12);
  });

  test('for some kinds ends when capture has ended and none of them is open', async () => {
    await verified();
    await setBook({ complete: false, open: ['forms', 'signals'] });
    const wait = (kinds: ResultKind[]) => reader().waitUntilComplete(bookId, { kinds, timeout: 5000 });
    await expect(wait(['transactions'])).rejects.toThrow(IncompleteBookError);
    await setBook({ capture: { state: 'partial', at: '2026-03-01T12:00:00.000Z' } });
    await expect(wait(['forms', 'transactions'])).rejects.toThrow('lacks forms, signals');
    await expect(wait(['transactions'])).resolves.toMatchObject({ bookId });
  });

  test('ends at its timeout, to the millisecond', async () => {
    await expect(reader().waitUntilComplete(bookId, { timeout: 4000 })).rejects.toThrow(UnknownBookError);
    expect(clock).toBe(4000);
  });

  test.each(['DELETED', 'NOT_FOUND', 'FORGOTTEN'])('ends at once for a book that is %s', async (status) => {
    await verified();
    await setBook({ status });
    await expect(reader().waitUntilComplete(bookId, { timeout: 60_000 })).rejects.toThrow(status);
    expect(clock).toBe(0);
  });

  test('can be ended', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    const waiting = createBookReader(given.reader, {
      now: () => 0,
      wait: async (_, signal) => signal?.throwIfAborted(),
    }).waitUntilComplete(bookId, { timeout: 60_000, signal: aborted });
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('a result', () => {
  test('has a description, and its body as bytes, JSON and a stream', async () => {
    await given.write('{"a":1}', 1, { kind: 'forms', summary: { forms: 1 } });
    const result = await reader().result(bookId, 'forms');
    expect(result).toMatchObject({ kind: 'forms', bytes: 7, summary: { forms: 1 } });
    expect(String(await result?.buffer())).toBe('{"a":1}');
    expect(await result?.json()).toEqual({ a: 1 });
    const pieces: Buffer[] = [];
    for await (const piece of (await result?.stream()) ?? []) pieces.push(Buffer.from(piece));
    expect(String(Buffer.concat(pieces))).toBe('{"a":1}');
  });

  test('that is not stored is undefined; one that is removed meanwhile says so', async () => {
    expect(await reader().result(bookId, 'forms')).toBeUndefined();
    await given.write('{"a":1}', 1, { kind: 'forms', summary: {} });
    const result = await reader().result(bookId, 'forms');
    await given.table.delete({ bookId, item: `RESULT#forms#${bookId}` });
    await expect(result?.buffer()).rejects.toThrow('removed from book');
  });
});

test('an unknown book is an error', async () => {
  await expect(reader().book(bookId)).rejects.toThrow(UnknownBookError);
  await expect(reader().missing(bookId)).rejects.toThrow(UnknownBookError);
  await verified();
  expect(await reader().book(bookId)).toMatchObject({ status: 'VERIFIED' });
});

describe('a stage', () => {
  const ssm = (names: readonly string[]) =>
    ({
      async send({ input }: { input: { Names: string[] } }) {
        expect(input.Names).toEqual(['/ocrolus-webhooks/prod/table', '/ocrolus-webhooks/prod/bucket']);
        return { Parameters: names.map((Name) => ({ Name, Value: `of ${Name}` })) };
      },
    }) as never;

  test('is found by its parameters', async () => {
    const found = ssm(['/ocrolus-webhooks/prod/bucket', '/ocrolus-webhooks/prod/table']);
    const asked: string[] = [];
    const server = await startHttpServer(({ body }) => {
      asked.push(JSON.parse(String(body)).TableName);
      return { status: 200, body: '{}' };
    });
    const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
    const dynamodb = new DynamoDBClient({ endpoint: server.url, region: 'us-east-1', credentials });
    const stage = await createReader({ stage: 'prod', ssm: found, dynamodb });
    await expect(stage.book(bookId)).rejects.toThrow(UnknownBookError);
    expect(asked).toEqual(['of /ocrolus-webhooks/prod/table']);
    await server.close();
  });

  test('that is not deployed is an error', async () => {
    const found = ssm(['/ocrolus-webhooks/prod/table']);
    await expect(createReader({ stage: 'prod', ssm: found })).rejects.toThrow('is stage prod deployed here?');
  });
});
