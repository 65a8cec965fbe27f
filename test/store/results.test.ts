import { randomBytes, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_INLINE_BYTES, sha256 } from '../../shared/store/bodies/result-bodies.ts';
import { second } from './testing/observations.ts';
import { bodyInItem, useResults } from './testing/results.ts';

const given = useResults();
const { write, stored } = given;

test('a small body is kept in the item, byte for byte', async () => {
  const body = Buffer.from('{ "pk": 18446744073709551615,\r\n "amount":"1.10" }\n');
  expect(await write(body, 1)).toBe('applied');

  const item = await stored();
  expect(bodyInItem(item)).toEqual(body);
  expect(item).toMatchObject({
    kind: 'income',
    subject: given.bookId,
    operation: 'income-summary',
    fetchedAt: second(1),
    answered: 1,
    generation: 1,
    bytes: body.length,
    sha256: sha256(body),
    encoding: 'gzip',
    summary: { incomes: 1 },
  });
  expect(given.bodies.objects.size).toBe(0);
});

test('any bytes are read as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const subject = randomUUID();
      await write(Buffer.from(bytes), 1, { subject });
      expect(bodyInItem(await stored(subject))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 30 },
  );
});

test('a body that stays large when compressed goes to the bucket', async () => {
  const body = randomBytes(MAX_INLINE_BYTES * 2);
  expect(await write(body, 1)).toBe('applied');

  const item = await stored();
  expect(item).not.toHaveProperty('body');
  const [[key, object] = []] = [...given.bodies.objects];
  expect(item).toMatchObject({ s3: { bucket: given.bodies.bucket, key }, bytes: body.length });
  expect(key).toMatch(/^results\//);
  expect(gunzipSync(object ?? '')).toEqual(body);
});

test('a large body that repeats itself is small enough for the item', async () => {
  await write('x'.repeat(MAX_INLINE_BYTES * 4), 1);
  expect(await stored()).toHaveProperty('body');
});

test('the same body again is unchanged, and as new as the last answer', async () => {
  await write('{"a":1}', 1);
  const before = await stored();
  expect(await write('{"a":1}', 2)).toBe('unchanged');
  expect(await stored()).toEqual({ ...before, fetchedAt: second(2) });
});

test('a body that was given in between does not replace one that came back after it', async () => {
  await write('{"a":1}', 1);
  await write('{"a":1}', 3);
  expect(await write('{"a":2}', 2)).toBe('stale');
  expect(await stored()).toMatchObject({ fetchedAt: second(3), generation: 1 });
});

test('an older answer is stale, one of the same time too', async () => {
  await write('{"a":2}', 2);
  const before = await stored();
  expect(await write('{"a":1}', 1)).toBe('stale');
  expect(await write('{"a":3}', 2)).toBe('stale');
  expect(await write('{"a":1}', 1, { generation: 5 })).toBe('stale');
  expect(await stored()).toEqual(before);
});

test.each([
  ['a first body is written at once', false, { reads: 0, writes: 1 }],
  [
    'where one is probably stored, it is read first: a refused write costs as much as a write',
    true,
    { reads: 1, writes: 1 },
  ],
])('%s', async (_what, isReplacement, expected) => {
  if (isReplacement) await write('a', 1);
  const before = { ...given.table.requests };
  await write('b', 2, { isReplacement });
  expect(given.table.requests.reads - before.reads).toBe(expected.reads);
  expect(given.table.requests.writes - before.writes).toBe(expected.writes);
});

test('a later answer that differs gets the next generation, so that a body stays permanently under its own', async () => {
  await write('{"a":1}', 1);
  expect(await write('{"a":2}', 2)).toBe('applied');
  expect(await write('{"a":3}', 3)).toBe('applied');
  expect(await stored()).toMatchObject({
    generation: 3,
    fetchedAt: second(3),
    sha256: sha256(Buffer.from('{"a":3}')),
  });
});

test('a result of a reopened book takes the generation of the book', async () => {
  await write('{"a":1}', 1);
  expect(await write('{"a":2}', 2, { generation: 7 })).toBe('applied');
  expect(await stored()).toMatchObject({ generation: 7 });
});

test('a reopened book with the same body again has it under its new generation, and nothing has changed', async () => {
  await write('{"a":1}', 1);
  expect(await write('{"a":1}', 2, { generation: 2 })).toBe('unchanged');
  expect(await stored()).toMatchObject({ generation: 2, fetchedAt: second(2) });
});

test('the object of an earlier large body is still there after a later one', async () => {
  const bodiesInTurn = [randomBytes(MAX_INLINE_BYTES * 2), randomBytes(MAX_INLINE_BYTES * 2)];
  for (const [n, body] of bodiesInTurn.entries()) await write(body, n);
  const kept = [...given.bodies.objects.values()].map((object) => sha256(gunzipSync(object)));
  expect(kept.sort()).toEqual(bodiesInTurn.map(sha256).sort());
});

test('however writers race, no generation ever names two bodies, and the newest answer stays', async () => {
  const seen = new Map<number, string>();
  const observe = async () => {
    const item = await stored();
    if (typeof item?.generation !== 'number') return;
    const before = seen.get(item.generation);
    if (before !== undefined) expect(item.sha256).toBe(before);
    seen.set(item.generation, String(item.sha256));
  };
  const writers = Array.from({ length: 5 }, async (_, n) => {
    await write(`{"a":${n}}`, n);
    await observe();
  });
  await Promise.all(writers);
  await observe();
  expect(await stored()).toMatchObject({ sha256: sha256(Buffer.from('{"a":4}')), fetchedAt: second(4) });
});
