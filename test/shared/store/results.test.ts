import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_INLINE_BYTES, sha256 } from '../../../shared/store/bodies/result-bodies.ts';
import { resultItem } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { second } from './testing/observations.ts';
import { bodyInItem, useResults } from './testing/results.ts';

const given = useResults();
const { written, write, answer, store, stored } = given;
const KEY = { bookId: given.bookId, item: resultItem('income', given.bookId) };
/** Hash of a body. */
const of = (text: string) => sha256(Buffer.from(text));

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

test.each<[string, readonly [text: string, n: number, outcome: string, generation?: number][], object]>([
  [
    'the same body again is as new as its last answer',
    [
      ['a', 1, 'applied'],
      ['a', 2, 'unchanged'],
    ],
    { sha256: of('a'), fetchedAt: second(2), generation: 1 },
  ],
  [
    'a body from in between does not replace one that came back',
    [
      ['a', 1, 'applied'],
      ['a', 3, 'unchanged'],
      ['b', 2, 'stale'],
    ],
    { sha256: of('a'), fetchedAt: second(3), generation: 1 },
  ],
  [
    'an older answer is stale, one of the same time too',
    [
      ['b', 2, 'applied'],
      ['a', 1, 'stale'],
      ['c', 2, 'stale'],
      ['a', 1, 'stale', 5],
    ],
    { sha256: of('b'), fetchedAt: second(2), generation: 1 },
  ],
  [
    'a result of a reopened book gets the generation of the book',
    [
      ['a', 1, 'applied'],
      ['b', 2, 'applied', 7],
    ],
    { sha256: of('b'), fetchedAt: second(2), generation: 7 },
  ],
  [
    'so does the same body',
    [
      ['a', 1, 'applied'],
      ['a', 2, 'unchanged', 2],
    ],
    { sha256: of('a'), fetchedAt: second(2), generation: 2 },
  ],
])('%s', async (_what, answers, expected) => {
  for (const [text, n, outcome, generation = 1] of answers) {
    expect(await write(text, n, { generation })).toBe(outcome);
  }
  expect(await stored()).toMatchObject(expected);
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
  expect(await stored()).toMatchObject({ sha256: of('{"a":4}'), fetchedAt: second(4) });
});

describe('an answer for a later mark', () => {
  test('replaces one for an earlier mark, whatever the clock says, and `fetchedAt` never decreases', async () => {
    await answer('{"a":1}', 5, 9);
    expect(await answer('{"a":2}', 6, 3)).toEqual({
      outcome: 'applied',
      answers: { wanted: 6, at: second(3) },
    });
    expect(await stored()).toMatchObject({ answered: 6, fetchedAt: second(9), generation: 2 });
  });

  test('stays when one for an earlier mark comes later: that one learns which answer is stored', async () => {
    await answer('{"a":1}', 6, 3);
    const before = await stored();
    const kept = { wanted: 6, at: second(3) };
    expect(await answer('{"a":2}', 5, 9)).toEqual({ outcome: 'stale', answers: kept });
    expect(await answer('{"a":1}', 5, 9)).toEqual({ outcome: 'unchanged', answers: kept });
    expect(await stored()).toEqual(before);
  });

  test('replaces any that version 0.1 has stored, which wrote no mark', async () => {
    await answer('{"a":1}', 5, 9);
    await given.table.update(KEY, { set: { answered: undefined } });
    expect(await answer('{"a":2}', 1, 3)).toMatchObject({ outcome: 'applied' });
    await given.table.update(KEY, { set: { answered: undefined } });
    expect(await answer('{"a":2}', 1, 3)).toMatchObject({ outcome: 'unchanged' });
    expect(await stored()).toMatchObject({ answered: 1, fetchedAt: second(9), generation: 2 });
  });
});

test.each(['sha256', 'fetchedAt', 'generation'])(
  'a damaged item, without %s, is not replaced',
  async (lost) => {
    await answer('{"a":1}', 5, 9);
    await given.table.update(KEY, { set: { [lost]: undefined } });
    const before = await stored();
    for (const body of ['{"a":1}', '{"a":2}']) {
      await expect(answer(body, 6, 10)).rejects.toMatchObject({ class: 'retry', code: 'incomplete-result' });
    }
    expect(await stored()).toEqual(before);
  },
);

test.each<[string, [text: string, wanted: number, n: number], string]>([
  ['with another body, for a later mark, stays', ['c', 6, 3], 'stale'],
  ['with the body that was stored before, for a later mark, stays', ['a', 6, 3], 'stale'],
  ['for the same mark, asked for later, stays', ['c', 5, 9], 'stale'],
  ['for an earlier mark is replaced', ['c', 4, 9], 'applied'],
])('another answer that is stored between the read and the write: %s', async (_what, other, outcome) => {
  await answer('a', 4, 5);
  let meanwhile: (() => Promise<unknown>) | undefined = () => answer(...other);
  const first = async () => {
    const happens = meanwhile;
    meanwhile = undefined;
    await happens?.();
  };
  const on: Table = {
    ...given.table,
    put: (...args) => first().then(() => given.table.put(...args)),
    update: (...args) => first().then(() => given.table.update(...args)),
  };
  const mine = { wanted: 5, at: second(2) };
  const [text, wanted, n] = other;
  expect(await store(written('b', 0, { answers: mine, isReplacement: true }), on)).toEqual({
    outcome,
    answers: outcome === 'stale' ? { wanted, at: second(Math.max(n, 5)) } : mine,
  });
  expect(String(bodyInItem(await stored()))).toBe(outcome === 'stale' ? text : 'b');
});

describe('before a body is stored that is the first, or differs from the one before', () => {
  /** The body that was stored then. */
  let calls: { readonly isFirst: boolean; readonly stored: unknown }[];
  beforeEach(() => {
    calls = [];
  });
  const beforeChange = async (isFirst: boolean) => {
    calls.push({ isFirst, stored: (await stored())?.sha256 });
  };
  const replacing = { isFirst: false, stored: of('a') };

  test('its caller is told, while the former one is still stored', async () => {
    await write('a', 1, { beforeChange });
    expect(calls).toEqual([{ isFirst: true, stored: undefined }]);
    expect(await write('b', 2, { beforeChange, isReplacement: true })).toBe('applied');
    expect(calls.slice(1)).toEqual([replacing]);
  });

  test('and it is not stored if the caller fails', async () => {
    const failing = () => Promise.reject(new Error('no mark'));
    await expect(write('a', 1, { beforeChange: failing })).rejects.toThrow('no mark');
    expect(await stored()).toBeUndefined();
    await write('a', 1);
    const before = await stored();
    await expect(write('b', 2, { beforeChange: failing })).rejects.toThrow('no mark');
    expect(await stored()).toEqual(before);
  });

  test('also where the former one is found by the refused write only', async () => {
    await write('a', 1);
    await write('b', 2, { beforeChange });
    expect(calls.at(-1)).toEqual(replacing);
  });

  test('nothing happens for the same body, or after a later answer', async () => {
    await write('a', 5);
    await write('a', 6, { beforeChange, isReplacement: true });
    await write('b', 2, { beforeChange, isReplacement: true });
    expect(calls).toEqual([]);
  });
});
