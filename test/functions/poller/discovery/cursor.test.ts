import { beforeEach, describe, expect, test } from 'vitest';
import { type Cursor, readCursor, writeCursor } from '../../../../functions/poller/discovery/cursor.ts';
import { START } from '../../../../shared/ocrolus/book-list.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

describe('a cursor', () => {
  const cursor: Cursor = {
    places: {
      new: { offset: 7, lastPk: '18446744073709551615' },
      sweep: { offset: 3, lastPk: '4', back: 0 },
    },
    recentFrom: { offset: 1, lastPk: '2' },
    newAt: 1,
    sweptAt: 2,
    rereads: 3,
    next: 'sweep',
  };
  const key = { bookId: 'poller', item: 'CURSOR#default' };

  test('of a list that was never read is at its start, which counts as a sweep', async () => {
    expect(await readCursor(table, 'default', 1000)).toEqual({
      places: { new: START, recent: START },
      recentFrom: START,
      newAt: 0,
      sweptAt: 1000,
      rereads: 0,
      next: 'new',
    });
  });

  test('is of one account, and has every digit of its pks', async () => {
    await writeCursor(table, 'default', { ...cursor, places: { new: START, recent: START } });
    await writeCursor(table, 'default', cursor);
    await writeCursor(table, 'lending', { ...cursor, next: 'new' });
    expect(await readCursor(table, 'default', 0)).toEqual(cursor);
  });

  test('of version 0.1.0 keeps its place, and a sweep is due', async () => {
    const place = { offset: 200, lastPk: '345' };
    await table.update(key, { set: place });
    expect(await readCursor(table, 'default', 1000)).toMatchObject({
      places: { new: place },
      recentFrom: place,
      sweptAt: 0,
      next: 'new',
    });
  });

  test('is where version 0.1.0 reads it, and keeps what a later version added', async () => {
    await table.update(key, { set: { next: 'a later one', later: 1, recent: 'unknown' } });
    const read = await readCursor(table, 'default', 0);
    expect(read).toMatchObject({ places: { new: START }, next: 'new' });
    await writeCursor(table, 'default', cursor);
    expect(await table.get(key)).toMatchObject({ ...cursor.places.new, later: 1 });
  });
});
