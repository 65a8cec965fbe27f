import { describe, expect, test } from 'vitest';
import { dueShard } from '../../shared/store/keys.ts';
import type { Item, Key } from '../../shared/store/table.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import type { PollerHarness } from '../poller/testing/harness.ts';
import { document, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, results } from './testing/harness.ts';

const counted = ({ consumers }: PollerHarness) =>
  consumers.counted.filter(({ name }) => name === 'ItemUnreadable').length;

describe('a document that this version cannot read', () => {
  const ITEM: Item & Key = {
    bookId: 'b',
    item: 'DOC#x',
    docUuid: 'x',
    status: { of: 'a later version' },
  };
  const createUnreadable = async () => {
    const harness = await createBookHarness({}, ['d', 'x']);
    await harness.table.put(ITEM);
    return harness;
  };

  test('stops nothing but itself, is left alone, and is counted', async () => {
    const harness = await createUnreadable();
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await results(harness)).toEqual(expect.arrayContaining(['forms d', 'summary b', 'signals b']));
    expect(await results(harness)).not.toContain('forms x');
    expect(await book(harness)).toMatchObject({ status: 'VERIFIED', complete: false });
    expect(await harness.table.get({ bookId: 'b', item: 'DOC#x' })).toEqual(ITEM);
    expect(counted(harness)).toBeGreaterThan(0);
    // A version that can read it completes the book.
    await harness.table.put({
      ...ITEM,
      status: 'VERIFYING',
      observedAt: harness.clock.iso(),
      generation: 1,
      revision: 1,
    });
    await harness.live(3);
    expect(await book(harness)).toMatchObject({ complete: true });
  });

  test('keeps the book incomplete, although Book status does not list it', async () => {
    const harness = await createBookHarness();
    await harness.table.put(ITEM);
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ status: 'VERIFIED', complete: false, open: [] });
  });

  test.each([
    ['name it', { uploadedDocUuid: 'x' }],
    ['may name it, by its pk', { uploadedDocPk: '7' }],
  ])('has the events that %s wait', async (_, ids) => {
    const harness = await createUnreadable();
    const message = delivery('DOC_VERIFIED', { bookUuid: 'b', ...ids });
    expect(await receive(harness.consumers, [message], { attempts: 3 })).toEqual(['message-0']);
    expect(harness.consumers.visibility.get('receipt-0')).toBe(900);
    expect(counted(harness)).toBeGreaterThan(0);
  });
});

describe('a book that this version cannot read', () => {
  const put = (harness: PollerHarness, bookId: string) =>
    harness.table.put({
      bookId,
      item: 'BOOK',
      open: { of: 'a later version' },
      revision: 1,
      dueAt: harness.clock.iso(),
      dueShard: dueShard(bookId),
    });

  test('does not hold up the others, whatever their number, and is looked at every six hours', async () => {
    const harness = await createBookHarness();
    for (let n = 0; n < 30; n += 1) await put(harness, `unreadable-${n}`);
    await deliver(harness, 'document.upload_succeeded');
    await harness.live(1);
    expect(await book(harness)).toMatchObject({ complete: true });
    expect(counted(harness)).toBeLessThanOrEqual(30 * 5);
    expect(await harness.table.get({ bookId: 'unreadable-0', item: 'BOOK' })).toMatchObject({
      open: { of: 'a later version' },
    });
  });

  test('has its events wait for a version that can', async () => {
    const harness = await createBookHarness();
    await put(harness, 'b');
    const message = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });
    expect(await receive(harness.consumers, [message], { attempts: 3 })).toEqual(['message-0']);
    await harness.table.delete({ bookId: 'b', item: 'BOOK' });
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d')]);
    expect(await receive(harness.consumers, [message], { attempts: 4 })).toEqual([]);
    expect(await results(harness)).toContain('forms d');
  });
});
