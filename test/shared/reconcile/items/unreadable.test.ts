import { beforeEach, describe, expect, test } from 'vitest';
import { dueShard } from '../../../../shared/store/keys.ts';
import type { Item, Key } from '../../../../shared/store/table.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const LATER = { of: 'a later version' };

describe('a document that this version cannot read', () => {
  const ITEM: Item & Key = { bookId: 'b', item: 'DOC#x', docUuid: 'x', status: LATER };

  beforeEach(async () => {
    book.saysEverything('d', 'x');
    await book.table.put(ITEM);
  });

  test('stops nothing but itself, is left alone, and is counted', async () => {
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    const stored = await book.stored();
    expect(stored).toEqual(expect.arrayContaining(['forms d', 'summary b', 'signals b']));
    expect(stored).not.toContain('forms x');
    expect(await book.shown()).toMatchObject({ status: 'VERIFIED', complete: false });
    expect(await book.table.get({ bookId: 'b', item: 'DOC#x' })).toEqual(ITEM);
    expect(book.counted('ItemUnreadable')).toBeGreaterThan(0);
    // A version that can read it completes the book.
    const observedAt = book.clock.iso();
    await book.table.put({ ...ITEM, status: 'VERIFYING', observedAt, generation: 1, revision: 1 });
    await book.live(3);
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('keeps the book incomplete, although Book status does not list it', async () => {
    book.saysEverything('d');
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    expect(await book.shown()).toMatchObject({ status: 'VERIFIED', complete: false, open: [] });
  });

  test.each([
    ['name it', { uploadedDocUuid: 'x' }],
    ['may name it, by its pk', { uploadedDocPk: '7' }],
  ])('has the events that %s wait', async (_, ids) => {
    expect(await book.deliver('DOC_VERIFIED', ids, { attempts: 3 })).toEqual(['message-0']);
    expect(book.consumers.visibility.get('receipt-0')).toBe(900);
    expect(book.counted('ItemUnreadable')).toBeGreaterThan(0);
  });
});

describe('a book that this version cannot read', () => {
  const put = (bookId: string) =>
    book.table.put({
      ...{ bookId, item: 'BOOK', open: LATER, revision: 1 },
      ...{ dueAt: book.clock.iso(), dueShard: dueShard(bookId) },
    });

  test('does not hold up the others, whatever their number, and is looked at every six hours', async () => {
    for (let n = 0; n < 30; n += 1) await put(`unreadable-${n}`);
    await book.liveAfter('document.upload_succeeded', { days: 1 });
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(book.counted('ItemUnreadable')).toBeLessThanOrEqual(30 * 5);
    // It has an alarm of its own, which is a ticket.
    expect(book.consumers.recorded.filter((line) => line.startsWith('MessageFailing'))).toEqual([]);
    const kept = await book.table.get({ bookId: 'unreadable-0', item: 'BOOK' });
    expect(kept).toMatchObject({ open: LATER });
  });

  test('has its events wait for a version that can', async () => {
    await put('b');
    const message = book.event('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(await book.receive([message], { attempts: 3 })).toEqual(['message-0']);
    await book.table.delete({ bookId: 'b', item: 'BOOK' });
    expect(await book.receive([message], { attempts: 4 })).toEqual([]);
    expect(await book.stored()).toContain('forms d');
  });
});
