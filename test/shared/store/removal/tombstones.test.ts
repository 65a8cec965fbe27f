import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ForgottenBook,
  isForgotten,
  newBook,
  readBook,
  replaceBook,
  updateBook,
} from '../../../../shared/store/books.ts';
import { markForgotten, scheduleSweep, sweepAgain } from '../../../../shared/store/removal/tombstones.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { memoryTable } from '../testing/memory-table.ts';
import { observation, second, WRITER, writeBook } from '../testing/observations.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const at = (n: number) => ({ ...WRITER, now: Date.parse(second(n)) });

async function tombstone(bookId = 'b'): Promise<ForgottenBook> {
  const book = await readBook(table, bookId);
  if (!isForgotten(book)) throw new Error(`${bookId} is not forgotten`);
  return book;
}

it('marked twice, it was forgotten when it was marked first, and keeps the ids that were known', async () => {
  await markForgotten(table, 'b', { bookUuid: 'b', bookPk: '7' }, at(1));
  await markForgotten(table, 'b', {}, at(9));
  expect(await tombstone()).toMatchObject({ forgottenAt: second(1), dueAt: second(9), bookPk: '7' });
});

describe('no write restores a forgotten book', () => {
  it('of a writer that has read it before', async () => {
    const before = await writeBook(table, observation('b', 1, 'VERIFYING'));
    await markForgotten(table, 'b', {}, at(2));
    expect(await updateBook(table, 'b', (book) => book && { ...book, name: 'Jane' }, before)).toEqual(
      await tombstone(),
    );
    if (before === undefined) throw new Error('no book');
    expect(await replaceBook(table, before, { ...before, name: 'Jane' })).toMatchObject({ replaced: false });
  });

  it('of a writer that knows of no such book', async () => {
    await markForgotten(table, 'b', {}, at(2));
    await updateBook(table, 'b', (book) => book ?? newBook('b', { name: 'Jane' }, WRITER), null);
    expect(await tombstone()).not.toHaveProperty('name');
  });
});

it('made due while it is swept, it stays due', async () => {
  await markForgotten(table, 'b', {}, at(1));
  const swept = await tombstone();
  await scheduleSweep(table, swept, second(900));
  await sweepAgain(table, 'b', at(5).now);
  await scheduleSweep(table, swept, second(900));
  expect(await tombstone()).toMatchObject({ dueAt: second(5) });
});

it('a book that is not forgotten is not swept', async () => {
  const before = await writeBook(table, observation('b', 1, 'VERIFYING'));
  await sweepAgain(table, 'b', at(0).now);
  expect(await readBook(table, 'b')).toEqual(before);
});
