import { beforeEach, describe, expect, test } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { DUE_SHARDS } from '../../../shared/store/keys.ts';
import { writeFailedAttempt, writeLedger } from '../../../shared/store/ledger.ts';
import type { Table } from '../../../shared/store/table.ts';
import { ledgerEntry } from './testing/ledger-entry.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second } from './testing/observations.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const write = (...entry: Parameters<typeof ledgerEntry>) => writeLedger(table, ledgerEntry(...entry));

describe('the index of the ledger', () => {
  const at = (time: string, more: Partial<Envelope> = {}) => ({ ...more, receivedAt: `2026-03-02T${time}Z` });
  const hour = async (name: string) => {
    const found: [string, number][] = [];
    for (const shard of DUE_SHARDS) {
      for await (const { item, expiresAt } of table.query({ bookId: `ledger#2026-03-02T${name}#${shard}` }))
        found.push([String(item), Number(expiresAt)]);
    }
    return found.sort(([left], [right]) => (left < right ? -1 : 1));
  };
  const books = async (name: string) => (await hour(name)).map(([bookId]) => bookId);

  test('names each book once for each hour in which it had a delivery, from the first millisecond to the last', async () => {
    await write(at('07:59:59.999', { deliveryId: 'd-1' }), { bookId: 'b' });
    await write(at('08:00:00.000', { deliveryId: 'd-2' }), { bookId: 'b' });
    await write(at('08:59:59.999', { deliveryId: 'd-3' }), { bookId: 'b' });
    await write(at('08:30:00.000', { deliveryId: 'd-4' }), { bookId: 'pk-7' });
    expect([await books('07'), await books('08'), await books('09')]).toEqual([['b'], ['b', 'pk-7'], []]);
  });

  test('has a delivery that has only failed so far, and does not need what names no book', async () => {
    const failed = ledgerEntry(at('08:00:00.000'), { bookId: 'b', attempts: 1 });
    await writeFailedAttempt(table, { ...failed, code: 'http-403' });
    await write(at('08:00:00.000'));
    expect(await books('08')).toEqual(['b']);
  });

  test('is written before the entry: once that is final, no copy of the message writes anything', async () => {
    const put: Table['put'] = async (item, condition) => {
      if (item.item.startsWith('EVENT#')) throw new Error('died');
      return table.put(item, condition);
    };
    const dying = writeLedger({ ...table, put }, ledgerEntry(at('08:00:00.000'), { bookId: 'b' }));
    await expect(dying).rejects.toThrow('died');
    expect(await books('08')).toEqual(['b']);
  });

  test('outlives each of its entries, and is not written again for those that expire within a day after the first', async () => {
    const DAY = 86_400;
    const expiry = (days: number) => Date.parse(second(5)) / 1000 + days * DAY;
    const keep = (keepDays: number) =>
      write(at('08:00:00.000', { deliveryId: `d-${keepDays}` }), { bookId: 'b', keepDays });
    await keep(10);
    await keep(11);
    expect(await hour('08')).toEqual([['b', expiry(11)]]);
    await keep(12);
    expect(await hour('08')).toEqual([['b', expiry(13)]]);
    await keep(5);
    expect(await hour('08')).toEqual([['b', expiry(13)]]);
  });

  test('is read once for each book and hour by an environment, which remembers it', async () => {
    const read: string[] = [];
    const get: Table['get'] = (key, attributes) => {
      read.push(key.bookId);
      return table.get(key, attributes);
    };
    const watched = { ...table, get };
    for (const [deliveryId, time] of [
      ['d-1', '08:00:00.000'],
      ['d-2', '08:30:00.000'],
      ['d-3', '09:00:00.000'],
    ] as const)
      await writeLedger(watched, ledgerEntry(at(time, { deliveryId }), { bookId: 'b' }));
    expect(read.map((bookId) => bookId.slice(0, -2))).toEqual([
      'ledger#2026-03-02T08',
      'ledger#2026-03-02T09',
    ]);
  });

  test('never expires earlier because two deliveries are finished at once', async () => {
    const entry = (deliveryId: string, keepDays: number) =>
      ledgerEntry(at('08:00:00.000', { deliveryId }), { bookId: 'b', keepDays });
    // What the first one has read is the past when it writes.
    const get: Table['get'] = async (key, attributes) => {
      const found = await table.get(key, attributes);
      if (key.bookId.startsWith('ledger#')) await writeLedger(table, entry('long', 180));
      return found;
    };
    await writeLedger({ ...table, get }, entry('short', 10));
    expect(await hour('08')).toEqual([['b', Date.parse(second(5)) / 1000 + 181 * 86_400]]);
  });
});
