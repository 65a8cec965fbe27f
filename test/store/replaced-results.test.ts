import { beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../shared/store/bodies/result-bodies.ts';
import { resultItem } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { second } from './testing/observations.ts';
import { bodyInItem, useResults } from './testing/results.ts';

/* Which of two answers is kept, and what happens before. */

const given = useResults();
const { written, write, answer, store, stored } = given;
const KEY = { bookId: given.bookId, item: resultItem('income', given.bookId) };

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

describe('another answer that is stored while one is being written', () => {
  /** Something happens between the read and the first write. */
  const interrupted = (meanwhile: () => Promise<unknown>): Table => {
    let isFirst = true;
    const first = async () => {
      if (isFirst) {
        isFirst = false;
        await meanwhile();
      }
    };
    return {
      ...given.table,
      put: async (...args) => {
        await first();
        return given.table.put(...args);
      },
      update: async (...args) => {
        await first();
        return given.table.update(...args);
      },
    };
  };

  test.each<[string, string, number, number]>([
    ['with another body', 'c', 6, 3],
    ['with the body that was stored before', 'a', 6, 3],
    ['for the same mark, asked for later', 'c', 5, 9],
  ])('%s is not replaced', async (_what, text, wanted, n) => {
    await answer('a', 4, 5);
    const on = interrupted(() => answer(text, wanted, n));
    const late = written('b', 0, { answers: { wanted: 5, at: second(2) }, isReplacement: true });
    expect(await store(late, on)).toEqual({
      outcome: 'stale',
      answers: { wanted, at: second(Math.max(n, 5)) },
    });
    expect(String(bodyInItem(await stored()))).toBe(text);
  });

  test('for an earlier mark is replaced', async () => {
    await answer('a', 4, 5);
    const on = interrupted(() => answer('c', 5, 6));
    const next = written('b', 0, { answers: { wanted: 6, at: second(7) }, isReplacement: true });
    expect(await store(next, on)).toMatchObject({ outcome: 'applied' });
    expect(String(bodyInItem(await stored()))).toBe('b');
    expect(await stored()).toMatchObject({ answered: 6, generation: 3 });
  });
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
  const replacing = { isFirst: false, stored: sha256(Buffer.from('a')) };

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
    let isHidden = true;
    const lagging: Table = {
      ...given.table,
      async get(...args) {
        const item = await given.table.get(...args);
        const seen = isHidden ? undefined : item;
        isHidden = false;
        return seen;
      },
    };
    await write('a', 1);
    await store(written('b', 2, { beforeChange, isReplacement: true }), lagging);
    expect(calls.at(-1)).toEqual(replacing);
  });

  test('nothing happens for the same body, or after a later answer', async () => {
    await write('a', 5);
    await write('a', 6, { beforeChange, isReplacement: true });
    await write('b', 2, { beforeChange, isReplacement: true });
    expect(calls).toEqual([]);
  });
});
