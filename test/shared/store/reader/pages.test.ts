import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MAX_INLINE_BYTES } from '../../../../shared/store/bodies/result-bodies.ts';
import { pageSubject, readPages, removeSurplus } from '../../../../shared/store/page-sets.ts';
import { createReader } from '../../../../shared/store/reader.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { second } from '../testing/observations.ts';
import { useResults } from '../testing/results.ts';
import { collect } from '../testing/stepwise.ts';

const given = useResults();
const { bookId, write } = given;
const kind = 'enriched-transactions';

describe('the pages of a result', () => {
  const writePage = (id: string, offset: number, body: Buffer | string) =>
    write(body, 1, { kind, subject: pageSubject(bookId, id, offset), set: { id, offset } });
  const pages = async () => (await given.reader.resultPages(bookId, kind))?.map(String);

  test('are in the order of their rows, and of the set that the first page names', async () => {
    await writePage('old', 500, 'old 500');
    for (const offset of [10_000, 500, 9500]) await writePage('new', offset, `new ${offset}`);
    await writePage('new-2', 500, 'new-2 500');
    await write('new 0', 1, { kind, set: { id: 'new', pages: 4 } });
    expect(await pages()).toEqual(['new 0', 'new 500', 'new 9500', 'new 10000']);
  });

  test('are one where the result fits into one, and none where there is no result', async () => {
    expect(await pages()).toBeUndefined();
    await writePage('unfinished', 500, 'no');
    expect(await pages()).toBeUndefined();
    await write('all', 1, { kind });
    expect(await pages()).toEqual(['all']);
  });

  test('are read from S3 where they are large', async () => {
    const large = randomBytes(2 * MAX_INLINE_BYTES).toString('hex');
    await writePage('s', 500, large);
    await write('first', 1, { kind, set: { id: 's', pages: 2 } });
    expect(await pages()).toEqual(['first', large]);
  });

  test('are of the newer set where it replaces theirs meanwhile', async () => {
    await writePage('two', 500, 'two 500');
    await write('one 0', 1, { kind, set: { id: 'one', pages: 2 } });
    let reads = 0;
    const changing: Table = {
      ...given.table,
      async get(key, attributes) {
        const item = await given.table.get(key, attributes);
        reads += 1;
        return reads === 1 ? item : { ...item, set: { id: 'two', pages: 2 } };
      },
    };
    const read = await createReader(changing, given.bodies).resultPages(bookId, kind);
    expect(read?.map(String)).toEqual(['one 0', 'two 500']);
  });

  test('are never a part of a set', async () => {
    await writePage('one', 500, 'one 500');
    await write('one 0', 1, { kind, set: { id: 'one', pages: 3 } });
    await expect(pages()).rejects.toMatchObject({ code: 'pages-changing' });
    await expect(given.reader.transactionRows(bookId)).rejects.toMatchObject({
      code: 'pages-changing',
    });
  });
});

describe('the rows of enriched transactions', () => {
  const page = (rows: readonly string[]) => `{"total":9,"enriched_transactions":[${rows.join(', ')}]}`;
  const writePage = (id: string, offset: number, rows: readonly string[]) =>
    write(page(rows), 1, { kind, subject: pageSubject(bookId, id, offset), set: { id, offset } });
  const stored = async () => {
    const rows = await given.reader.transactionRows(bookId);
    return rows && (await collect(rows)).map(String);
  };

  test('are those of all pages of one set, as they were sent', async () => {
    const large = `{"note":"${randomBytes(MAX_INLINE_BYTES * 2).toString('hex')}"}`;
    await writePage('other', 500, ['{"no":1}']);
    await writePage('set', 1000, ['{"pk": 18446744073709551615}']);
    await writePage('set', 500, [large, '{"b":2}']);
    await write(page(['{"a":1}']), 1, { kind, set: { id: 'set', pages: 3 } });
    expect(await stored()).toEqual(['{"a":1}', large, '{"b":2}', '{"pk": 18446744073709551615}']);
  });

  test('are of the set that was whole when they were asked for, also when it is replaced meanwhile', async () => {
    const large = `{"note":"${randomBytes(MAX_INLINE_BYTES * 2).toString('hex')}"}`;
    await writePage('old', 500, [large]);
    await write(page(['"old"']), 1, { kind, set: { id: 'old', pages: 2 } });
    const rows = await given.reader.transactionRows(bookId);
    const first = rows?.[Symbol.asyncIterator]();
    expect(String((await first?.next())?.value)).toBe('"old"');
    await writePage('half', 500, ['"of an attempt that was given up"']);
    await writePage('new', 500, ['"new 2"']);
    await write(page(['"new"']), 2, {
      kind,
      answers: { wanted: 2, at: second(2) },
      generation: 2,
      set: { id: 'new', pages: 2 },
    });
    const result = { bookId, kind } as const;
    await removeSurplus(given.table, result, {
      pages: await readPages(given.table, result),
      wanted: 2,
      now: Date.parse(second(3)),
    });
    expect((await readPages(given.table, result)).map(({ set }) => set.id)).toEqual(['new']);
    expect(String((await first?.next())?.value)).toBe(large);
    expect((await first?.next())?.done).toBe(true);
    expect(await stored()).toEqual(['"new"', '"new 2"']);
  });

  test('are those of one page where it is all, and none where there is no result', async () => {
    expect(await stored()).toBeUndefined();
    await write(page(['{"a":1}', '{"b":2}']), 1, { kind });
    expect(await stored()).toEqual(['{"a":1}', '{"b":2}']);
  });
});
