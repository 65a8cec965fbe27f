import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entries, Entry } from '../../shared/checklist/entry.ts';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { MAX_INLINE_BYTES } from '../../shared/store/bodies/result-bodies.ts';
import { type Book, updateBook } from '../../shared/store/books.ts';
import { observeDocument, updateDocument } from '../../shared/store/documents.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { pageSubject, readPages, removeSurplus } from '../../shared/store/page-sets.ts';
import { createReader, type Reader } from '../../shared/store/reader.ts';
import { type ResultWrite, writeResult } from '../../shared/store/results.ts';
import type { Table } from '../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from './testing/bodies.ts';
import { document, observation, second, writeAll, writeBook } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bodies: MemoryBodies;
let reader: Reader;
let bookUuid: string;
beforeEach(async () => {
  table = await createTable();
  bodies = memoryBodies();
  reader = createReader(table, bodies);
  bookUuid = randomUUID();
});

const writeDocument = (one: ReturnType<typeof document>, entries: Entries = {}) =>
  updateDocument(table, { bookId: bookUuid, docUuid: one.docUuid }, (known) => ({
    ...observeDocument(known, { bookId: bookUuid, document: one, observedAt: second(1), generation: 1 }),
    entries,
  }));

const writeBody = (
  body: Buffer | string,
  { kind, subject = bookUuid, set }: Partial<Pick<ResultWrite, 'kind' | 'subject' | 'set'>> = {},
) =>
  writeResult(table, bodies, {
    bookId: bookUuid,
    kind: kind ?? 'forms',
    subject,
    operation: 'doc-form-data',
    body: Buffer.from(body),
    fetchedAt: second(1),
    generation: 1,
    summary: { forms: 2 },
    ...(set !== undefined && { set }),
  });

test('a book is read as it was observed, with a pk that no number can hold', async () => {
  await writeAll(table, [{ ...observation(bookUuid, 1, 'VERIFIED'), bookPk: '18446744073709551615' }]);
  await updateBook(
    table,
    bookUuid,
    (book) => book && { ...book, capture: { state: 'complete', at: second(2) }, complete: true, open: [] },
  );
  expect(await reader.book(bookUuid)).toMatchObject({
    bookUuid,
    bookPk: '18446744073709551615',
    status: 'VERIFIED',
    observedAt: second(1),
    capture: { state: 'complete', at: second(2) },
    complete: true,
    open: [],
  });
});

test('an id is accepted in any spelling that Ocrolus uses', async () => {
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  await writeBody('{"a":1}');
  const spelling = bookUuid.replaceAll('-', '').toUpperCase();
  expect(await reader.book(spelling)).toMatchObject({ bookUuid });
  expect(String(await reader.resultBody(spelling, 'forms', spelling))).toBe('{"a":1}');
});

test('an unknown book has nothing', async () => {
  expect(await reader.book(bookUuid)).toBeUndefined();
  expect(await reader.documents(bookUuid)).toEqual([]);
  expect(await reader.results(bookUuid)).toEqual([]);
  expect(await reader.events(bookUuid)).toEqual([]);
  expect(await reader.missing(bookUuid)).toEqual([]);
  expect(await reader.resultBody(bookUuid, 'forms')).toBeUndefined();
});

test('every document of the book is read', async () => {
  const documents = [document('VERIFICATION_COMPLETE'), document('REJECTED')];
  for (const one of documents) await writeDocument(one);
  const read = await reader.documents(bookUuid);
  expect(read.map(({ docUuid, status }) => ({ docUuid, status }))).toEqual(expect.arrayContaining(documents));
});

test('results are described without their bodies', async () => {
  await writeBody('{"a":1}');
  await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
  const results = await reader.results(bookUuid);
  expect(results).toMatchObject([
    { kind: 'analytics', subject: bookUuid, s3: { bucket: bodies.bucket } },
    { kind: 'forms', subject: bookUuid, bytes: 7, summary: { forms: 2 } },
  ]);
  for (const result of results) expect(result).not.toHaveProperty('body');
});

test('a body is read byte for byte, whether it is in the item or in the bucket', async () => {
  const small = Buffer.from('{ "pk": 18446744073709551615 }\n');
  const large = randomBytes(MAX_INLINE_BYTES * 2);
  await writeBody(small);
  await writeBody(large, { kind: 'analytics' });
  expect(await reader.resultBody(bookUuid, 'forms', bookUuid)).toEqual(small);
  expect(await reader.resultBody(bookUuid, 'analytics', bookUuid)).toEqual(large);
});

describe('a body as a stream', () => {
  const read = async (kind: ResultKind) => {
    const stream = await reader.resultStream(bookUuid, kind);
    return stream === undefined ? undefined : buffer(stream);
  };

  test('is the same bytes, wherever it is', async () => {
    const large = randomBytes(MAX_INLINE_BYTES * 20);
    await writeBody('{ "pk": 18446744073709551615 }\n');
    await writeBody(large, { kind: 'analytics' });
    expect(String(await read('forms'))).toBe('{ "pk": 18446744073709551615 }\n');
    expect(await read('analytics')).toEqual(large);
    expect(await read('income')).toBeUndefined();
  });

  test('fails at its end where it is not the body that was stored', async () => {
    await writeBody(randomBytes(MAX_INLINE_BYTES * 2));
    await writeBody(randomBytes(MAX_INLINE_BYTES * 2), { kind: 'analytics' });
    const [one = '', other = ''] = [...bodies.objects.keys()];
    bodies.objects.set(one, bodies.objects.get(other) ?? Buffer.alloc(0));
    await expect(read('forms')).rejects.toMatchObject({ class: 'broken', code: 'body-differs' });
    bodies.objects.set(other, (bodies.objects.get(other) ?? Buffer.alloc(0)).subarray(0, -20));
    await expect(read('analytics')).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
    bodies.objects.clear();
    await expect(read('forms')).rejects.toThrow('no object');
  });
});

test('without a subject the result of the book itself is meant, else the first there is', async () => {
  await writeBody('"of a document"', { subject: '0-before-every-uuid' });
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of a document"');
  await writeBody('"of the book"');
  expect(String(await reader.resultBody(bookUuid, 'forms'))).toBe('"of the book"');
});

test('without a subject, a page of a set that is not whole is no result', async () => {
  const kind = 'enriched-transactions';
  const subject = pageSubject(bookUuid, 'unfinished', 500);
  await writeBody('"rows 500 to 999"', { kind, subject, set: { id: 'unfinished', offset: 500 } });
  expect(await reader.resultBody(bookUuid, kind)).toBeUndefined();
  expect(await reader.resultStream(bookUuid, kind)).toBeUndefined();
});

test('a subject is matched as a whole', async () => {
  await writeBody('"page"', { kind: 'transactions', subject: `${bookUuid}@50` });
  expect(await reader.resultBody(bookUuid, 'transactions', bookUuid)).toBeUndefined();
  expect(String(await reader.resultBody(bookUuid, 'transactions', `${bookUuid}@50`))).toBe('"page"');
});

test('deliveries are read oldest first, bytes that are no text included', async () => {
  const base = { version: 1, account: 'default', source: 'webhook', channel: 'unrecognized' } as const;
  for (const [deliveryId, n] of [
    ['late', 9],
    ['early', 2],
  ] as const) {
    await writeLedger(table, {
      bookId: bookUuid,
      envelope: {
        ...base,
        deliveryId,
        receivedAt: second(n),
        eventName: '(none)',
        ids: {},
        payload: { encoding: 'base64', body: Buffer.from([0xff]).toString('base64') },
      },
      outcome: 'unrecognized',
      attempts: 1,
      processedAt: second(10),
      keepDays: 1,
    });
  }
  const events = await reader.events(bookUuid);
  expect(events.map(({ deliveryId }) => deliveryId)).toEqual(['early', 'late']);
  expect(events[0]?.payload).toEqual(Uint8Array.from([0xff]));
});

describe('what is missing', () => {
  const open = (more: Partial<Entry> = {}): Entry => ({
    state: 'pending',
    version: 1,
    since: second(2),
    attempts: 3,
    nextAt: second(900),
    code: '1404',
    ...more,
  });
  const closed: Entry = { state: 'stored', version: 1, since: second(2), attempts: 0, at: second(2) };
  const write = async (more: Partial<Book>, status = 'VERIFIED') => {
    await writeBook(table, observation(bookUuid, 1, status));
    await updateBook(table, bookUuid, (book) => book && { ...book, ...more });
  };
  const missing = async () =>
    (await reader.missing(bookUuid)).map(({ kind, subject, state }) => `${state} ${kind} ${subject}`);

  test('is reported with its state, its last code and its next attempt', async () => {
    await write({
      entries: {
        income: open(),
        'business#x': open({ state: 'wanted', code: undefined, nextAt: undefined }),
      },
    });
    const common = { since: second(2), attempts: 3 };
    const missed = await reader.missing(bookUuid);
    expect(missed).toHaveLength(2);
    expect(missed).toEqual(
      expect.arrayContaining([
        { kind: 'income', subject: bookUuid, state: 'pending', ...common, nextAt: second(900), code: '1404' },
        { kind: 'business', subject: 'x', state: 'wanted', ...common, nextAt: null, code: null },
      ]),
    );
  });

  test('is what is open or has expired, of this generation', async () => {
    const { nextAt: _, ...expired } = open({ state: 'expired' });
    await write({
      entries: {
        income: expired,
        summary: closed,
        signals: { ...closed, state: 'unavailable', code: '9006' },
        classification: open({ state: 'probe' }),
        analytics: open({ version: 2 }),
      },
    });
    expect(await missing()).toEqual([`expired income ${bookUuid}`]);
  });

  test('is reported for each document, where the book lacks the kind', async () => {
    await write({
      open: ['forms', 'signals', 'transactions'],
      round: { digest: 'x', count: 1, nextAt: second(700) },
    });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'];
    await writeDocument(document('VERIFICATION_COMPLETE', a), {
      forms: closed,
      transactions: open(),
      signals: open(),
    });
    await writeDocument(document('VERIFICATION_COMPLETE', b), {
      forms: open({ version: 0 }),
      transactions: closed,
    });
    await writeDocument(document('REJECTED', c));
    await writeDocument({ ...document('COMPLETED', d), mixed: true });
    expect(await missing()).toEqual(['pending transactions a', 'pending signals a', 'wanted forms b']);
    expect((await reader.missing(bookUuid)).at(-1)).toEqual({
      kind: 'forms',
      subject: 'b',
      state: 'wanted',
      since: second(1),
      attempts: 0,
      nextAt: second(700),
      code: null,
    });
  });

  test('is nothing of documents where the policy wants nothing, or nothing is served', async () => {
    await write({ open: [] });
    await writeDocument(document('VERIFICATION_COMPLETE', 'a'), { transactions: open() });
    expect(await missing()).toEqual([]);
  });

  test('is nothing of a deleted book', async () => {
    await write({ entries: { income: open() } });
    await writeDocument(document('VERIFICATION_COMPLETE', 'a'), { transactions: open() });
    await writeBook(table, observation(bookUuid, 9, 'DELETED'));
    expect(await missing()).toEqual([]);
  });
});

describe('the pages of a result', () => {
  const kind = 'enriched-transactions';
  const writePage = (id: string, offset: number, body: Buffer | string) =>
    writeBody(body, { kind, subject: pageSubject(bookUuid, id, offset), set: { id, offset } });
  const pages = async () => (await reader.resultPages(bookUuid, kind))?.map(String);

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
      ...table,
      async get(key, attributes) {
        const item = await table.get(key, attributes);
        reads += 1;
        return reads === 1 ? item : { ...item, set: { id: 'two', pages: 2 } };
      },
    };
    const read = await createReader(changing, bodies).resultPages(bookUuid, kind);
    expect(read?.map(String)).toEqual(['one 0', 'two 500']);
  });

  test('are never a part of a set', async () => {
    await writePage('one', 500, 'one 500');
    await writeBody('one 0', { kind, set: { id: 'one', pages: 3 } });
    await expect(pages()).rejects.toMatchObject({ code: 'pages-changing' });
    await expect(reader.transactionRows(bookUuid)).rejects.toMatchObject({ code: 'pages-changing' });
  });
});

describe('the rows of enriched transactions', () => {
  const kind = 'enriched-transactions';
  const page = (rows: readonly string[]) => `{"total":9,"enriched_transactions":[${rows.join(', ')}]}`;
  const writePage = (id: string, offset: number, rows: readonly string[]) =>
    writeBody(page(rows), { kind, subject: pageSubject(bookUuid, id, offset), set: { id, offset } });
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
    const rows = await collect(await reader.transactionRows(bookUuid));
    expect(rows).toEqual(['{"a":1}', large, '{"b":2}', '{"pk": 18446744073709551615}']);
  });

  test('are of the set that was whole when they were asked for, also when it is replaced meanwhile', async () => {
    const large = `{"note":"${randomBytes(MAX_INLINE_BYTES * 2).toString('hex')}"}`;
    await writePage('old', 500, [large]);
    await writeBody(page(['"old"']), { kind, set: { id: 'old', pages: 2 } });
    const rows = await reader.transactionRows(bookUuid);
    const first = rows?.[Symbol.asyncIterator]();
    expect(String((await first?.next())?.value)).toBe('"old"');
    await writePage('new', 500, ['"new 2"']);
    await writeResult(table, bodies, {
      bookId: bookUuid,
      kind,
      subject: bookUuid,
      operation: 'enriched-transactions',
      body: Buffer.from(page(['"new"'])),
      fetchedAt: second(2),
      generation: 2,
      summary: {},
      set: { id: 'new', pages: 2 },
    });
    const result = { bookId: bookUuid, kind } as const;
    await removeSurplus(table, result, {
      pages: await readPages(table, result),
      replaced: 'old',
      now: Date.now(),
    });
    expect(String((await first?.next())?.value)).toBe(large);
    expect((await first?.next())?.done).toBe(true);
    expect(await collect(await reader.transactionRows(bookUuid))).toEqual(['"new"', '"new 2"']);
  });

  test('are those of one page where it is all, and none where there is no result', async () => {
    expect(await reader.transactionRows(bookUuid)).toBeUndefined();
    await writeBody(page(['{"a":1}', '{"b":2}']), { kind });
    expect(await collect(await reader.transactionRows(bookUuid))).toEqual(['{"a":1}', '{"b":2}']);
  });
});
