import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readDueBooks } from '../../shared/store/due.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();

test('a book that only an event has named is due at once', async () => {
  const table = await createTable();
  const made = await ensureBook(table, { bookId: 'pk-77', bookPk: '77' }, { ...WRITER, now: second(5) });

  expect(made).toEqual({ created: true });
  const due = [];
  for await (const book of readDueBooks(table, second(5))) due.push(book);
  expect(due).toEqual([
    expect.objectContaining({ bookId: 'pk-77', bookPk: '77', generation: 1, createdAt: second(5) }),
  ]);
  expect(due[0]).not.toHaveProperty('status');
});

test('a book that is there already stays as it is', async () => {
  const table = await createTable();
  const bookUuid = randomUUID();
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  const before = await table.get({ bookId: bookUuid, item: BOOK_ITEM });

  const later = { account: 'other', source: 'poll', now: second(9) } as const;
  const made = await ensureBook(table, { bookId: bookUuid, bookUuid, name: 'n' }, later);
  expect(made).toEqual({ created: false });
  expect(await table.get({ bookId: bookUuid, item: BOOK_ITEM })).toEqual(before);
});
