import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MAX_INLINE_BYTES } from '../../../shared/store/bodies/result-bodies.ts';
import { pageSubject, readPages, removeSurplus } from '../../../shared/store/page-sets.ts';
import { createReader } from '../../../shared/store/reader.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { second } from '../testing/observations.ts';
import { useReader } from '../testing/reader.ts';

const given = useReader();
const { writeBody } = given;

describe('the pages of a result', () => {
  const kind = 'enriched-transactions';
  const writePage = (id: string, offset: number, body: Buffer | string) =>
    writeBody(body, { kind, subject: pageSubject(given.bookUuid, id, offset), set: { id, offset } });
  const pages = async () => (await given.reader.resultPages(given.bookUuid, kind))?.map(String);

  test('are in the order of their rows, and of the set that the first page names', async () => {
    await writePage('old', 500, 'old 500');
    for (const offset of [10_000, 500, 9500]) await writePage('new', offset, `new ${offset}`);
    await writePage('new-2', 500, 'new-2 500');
    await writeBody('new 0', { kind, set: { id: 'new', pages: 4 } });
    expect(await pages()).toEqual(['new 0', 'new 500', 'new 9500', 'new 10000']);
  });

  test('are one where the result fits into one, and none where there is no result', async () => {
    expect(await pages()).toBeUndefined();
    await writePage('unfinished', 500, 'no');
    expect(await pages()).toBeUndefined();
    await writeBody('all', { kind });
    expect(await pages()).toEqual(['all']);
  });

  test('are read from S3 where they are large', async () => {
    const large = randomBytes(2 * MAX_INLINE_BYTES).toString('hex');
    await writePage('s', 500, large);
    await writeBody('first', { kind, set: { id: 's', pages: 2 } });
    expect(await pages()).toEqual(['first', large]);
  });

  test('are of the newer set where it replaces theirs meanwhile', async () => {
    await writePage('two', 500, 'two 500');
    await writeBody('one 0', { kind, set: { id: 'one', pages: 2 } });
    let reads = 0;
    const changing: Table = {
      ...given.table,
      async get(key, attributes) {
        const item = await given.table.get(key, attributes);
        reads += 1;
        return reads === 1 ? item : { ...item, set: { id: 'two', pages: 2 } };
      },
    };
    const read = await createReader(changing, given.bodies).resultPages(given.bookUuid, kind);
    expect(read?.map(String)).toEqual(['one 0', 'two 500']);
  });

  test('are never a part of a set', async () => {
    await writePage('one', 500, 'one 500');
    await writeBody('one 0', { kind, set: { id: 'one', pages: 3 } });
    await expect(pages()).rejects.toMatchObject({ code: 'pages-changing' });
    await expect(given.reader.transactionRows(given.bookUuid)).rejects.toMatchObject({
      code: 'pages-changing',
    });
  });
});

describe('the rows of enriched transactions', () => {
  const kind = 'enriched-transactions';
  const page = (rows: readonly string[]) => `{"total":9,"enriched_transactions":[${rows.join(', ')}]}`;
  const writePage = (id: string, offset: number, rows: readonly string[]) =>
    writeBody(page(rows), { kind, subject: pageSubject(given.bookUuid, id, offset), set: { id, offset } });
  const collect = async (rows: AsyncIterable<Buffer> | undefined) => {
    const all: string[] = [];
    for await (const row of rows ?? []) all.push(String(row));
    return all;
  };

  test('are those of all pages of one set, as they were sent', async () => {
    const large = `{"note":"${randomBytes(MAX_INLINE_BYTES * 2).toString('hex')}"}`;
    await writePage('other', 500, ['{"no":1}']);
    await writePage('set', 1000, ['{"pk": 18446744073709551615}']);
    await writePage('set', 500, [large, '{"b":2}']);
    await writeBody(page(['{"a":1}']), { kind, set: { id: 'set', pages: 3 } });
    const rows = await collect(await given.reader.transactionRows(given.bookUuid));
    expect(rows).toEqual(['{"a":1}', large, '{"b":2}', '{"pk": 18446744073709551615}']);
  });

  test('are of the set that was whole when they were asked for, also when it is replaced meanwhile', async () => {
    const large = `{"note":"${randomBytes(MAX_INLINE_BYTES * 2).toString('hex')}"}`;
    await writePage('old', 500, [large]);
    await writeBody(page(['"old"']), { kind, set: { id: 'old', pages: 2 } });
    const rows = await given.reader.transactionRows(given.bookUuid);
    const first = rows?.[Symbol.asyncIterator]();
    expect(String((await first?.next())?.value)).toBe('"old"');
    await writePage('half', 500, ['"of an attempt that was given up"']);
    await writePage('new', 500, ['"new 2"']);
    await writeResult(given.table, given.bodies, {
      bookId: given.bookUuid,
      kind,
      subject: given.bookUuid,
      operation: 'enriched-transactions',
      body: Buffer.from(page(['"new"'])),
      answers: { wanted: 2, at: second(2) },
      generation: 2,
      summary: {},
      set: { id: 'new', pages: 2 },
    });
    const result = { bookId: given.bookUuid, kind } as const;
    await removeSurplus(given.table, result, {
      pages: await readPages(given.table, result),
      wanted: 2,
      now: Date.parse(second(3)),
    });
    expect((await readPages(given.table, result)).map((stored) => stored.set.id)).toEqual(['new']);
    expect(String((await first?.next())?.value)).toBe(large);
    expect((await first?.next())?.done).toBe(true);
    expect(await collect(await given.reader.transactionRows(given.bookUuid))).toEqual(['"new"', '"new 2"']);
  });

  test('are those of one page where it is all, and none where there is no result', async () => {
    expect(await given.reader.transactionRows(given.bookUuid)).toBeUndefined();
    await writeBody(page(['{"a":1}', '{"b":2}']), { kind });
    expect(await collect(await given.reader.transactionRows(given.bookUuid))).toEqual(['{"a":1}', '{"b":2}']);
  });
});
