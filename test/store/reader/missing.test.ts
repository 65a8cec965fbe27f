import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entries, Entry } from '../../../shared/checklist/entry.ts';
import { type Book, updateBook } from '../../../shared/store/books.ts';
import { observeDocument, updateDocument } from '../../../shared/store/documents.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from '../testing/bodies.ts';
import { document, observation, second, writeBook } from '../testing/observations.ts';
import { useTables } from '../testing/table.ts';

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

  test('is nothing of documents if the policy is `never`, or nothing is served', async () => {
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
