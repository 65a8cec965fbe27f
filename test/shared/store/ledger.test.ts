import { beforeEach, describe, expect, test } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { DUE_SHARDS, eventItem } from '../../../shared/store/keys.ts';
import {
  deleteFailedAttempts,
  type LedgerEntry,
  readLedger,
  writeFailedAttempt,
  writeLedger,
} from '../../../shared/store/ledger.ts';
import type { Table } from '../../../shared/store/table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second } from './testing/observations.ts';
import { loseAnswers } from './testing/stepwise.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const envelope = delivery(
  'BOOK_VERIFIED',
  {},
  {
    deliveryId: 'd-1',
    receivedAt: second(1),
    payload: { encoding: 'utf8', body: '{"event":"BOOK_VERIFIED"}' },
  },
);
const write = (more: Partial<Envelope> = {}, entry: Partial<LedgerEntry> = {}) =>
  writeLedger(table, {
    bookId: 'account',
    envelope: { ...envelope, ...more },
    outcome: 'applied',
    attempts: 2,
    processedAt: second(5),
    keepDays: 180,
    ...entry,
  });
const stored = () => table.get({ bookId: 'account', item: eventItem(second(1), 'd-1') });

test('an entry has the delivery, its outcome, and when it expires', async () => {
  await write({}, { reason: '1401', outcome: 'refused' });
  expect(await stored()).toMatchObject({
    deliveryId: 'd-1',
    eventName: 'BOOK_VERIFIED',
    channel: 'book-verified',
    account: 'default',
    source: 'webhook',
    receivedAt: second(1),
    processedAt: second(5),
    outcome: 'refused',
    reason: '1401',
    attempts: 2,
    expiresAt: Date.parse(second(5)) / 1000 + 180 * 86_400,
  });
});

test('an entry with a body may be kept for a shorter time than another one of the same moment', async () => {
  await write({}, { keepPayloadDays: 60 });
  expect(await stored()).toMatchObject({ expiresAt: Date.parse(second(5)) / 1000 + 60 * 86_400 });
  await write({ deliveryId: 'd-2', payload: undefined }, { keepPayloadDays: 60 });
  const other = await table.get({ bookId: 'account', item: eventItem(second(1), 'd-2') });
  expect(other).toMatchObject({ expiresAt: Date.parse(second(5)) / 1000 + 180 * 86_400 });
});

test('the first entry of a delivery stays', async () => {
  await write();
  await write({}, { outcome: 'unchanged', attempts: 3 });
  expect(await stored()).toMatchObject({ outcome: 'applied', attempts: 2 });
});

const bytes = Buffer.from([0x7b, 0xff, 0x00]);
test.each<[string, Envelope['payload'], unknown]>([
  ['text', { encoding: 'utf8', body: '{"pk":9007199254740993}' }, '{"pk":9007199254740993}'],
  ['empty text', { encoding: 'utf8', body: '' }, ''],
  ['bytes that are no text', { encoding: 'base64', body: bytes.toString('base64') }, Uint8Array.from(bytes)],
  [
    'a large body, by where it is',
    { encoding: 's3', bucket: 'b', key: 'k', bytes: 9 },
    { bucket: 'b', key: 'k' },
  ],
])('the payload is kept: %s', async (_, payload, expected) => {
  await write({ payload });
  const item = await stored();
  const kept = item?.payload instanceof Uint8Array ? Uint8Array.from(item.payload) : item?.payload;
  expect(kept).toEqual(expected);
});

test('a message of the poller has no payload', async () => {
  await write({ source: 'poll', payload: undefined });
  expect(await stored()).not.toHaveProperty('payload');
});

describe('a delivery that fails', () => {
  const fail = (code: string, attempts: number) =>
    writeFailedAttempt(table, {
      bookId: 'account',
      envelope,
      code,
      attempts,
      processedAt: second(attempts),
      keepDays: 180,
    });

  test('is found as retrying, with the code of each attempt and its payload, so that it can be replayed', async () => {
    await fail('network', 1);
    await fail('http-503', 2);
    expect(await stored()).toMatchObject({
      outcome: 'retrying',
      reason: 'http-503',
      codes: ['network', 'http-503'],
      attempts: 2,
      processedAt: second(2),
      payload: '{"event":"BOOK_VERIFIED"}',
      deliveryId: 'd-1',
    });
  });

  test('keeps the latest fifty codes', async () => {
    for (let attempt = 1; attempt <= 55; attempt += 1) await fail(`code-${attempt}`, attempt);
    const { codes } = await readLedger(table, 'account', envelope);
    expect(codes).toHaveLength(50);
    expect([codes[0], codes.at(-1)]).toEqual(['code-6', 'code-55']);
  });

  const finish = (earlier: readonly string[] = [], on = table) =>
    writeLedger(
      on,
      { bookId: 'account', envelope, outcome: 'applied', attempts: 3, processedAt: second(9), keepDays: 180 },
      earlier,
    );

  test('is replaced once by its final outcome, which keeps the codes', async () => {
    await fail('network', 1);
    await fail('http-503', 2);
    await finish();
    expect(await stored()).toMatchObject({ outcome: 'applied', codes: ['network', 'http-503'], attempts: 3 });
    expect(await stored()).not.toHaveProperty('reason');
    await write({}, { outcome: 'stale', attempts: 4 });
    expect(await stored()).toMatchObject({ outcome: 'applied', attempts: 3 });
  });

  test('keeps the codes of attempts that were recorded elsewhere, before its own', async () => {
    await fail('http-503', 2);
    await finish(['network']);
    expect(await stored()).toMatchObject({ outcome: 'applied', codes: ['network', 'http-503'] });
  });

  test('is finished once, where the answers to the writes are lost', async () => {
    await fail('network', 1);
    await finish([], loseAnswers(table));
    expect(await stored()).toMatchObject({ outcome: 'applied', codes: ['network'] });
  });

  test('is finished although its record is moved away at the same time', async () => {
    await fail('network', 1);
    let puts = 0;
    const racing: Table = {
      ...table,
      async put(item, condition) {
        puts += 1;
        if (puts === 2) await deleteFailedAttempts(table, 'account', envelope);
        return table.put(item, condition);
      },
    };
    await finish([], racing);
    expect(await stored()).toMatchObject({ outcome: 'applied' });
  });

  test('never goes back from its final outcome', async () => {
    await write();
    const before = await stored();
    await fail('network', 3);
    expect(await stored()).toEqual(before);
  });

  test('has no codes before it has failed', async () => {
    expect(await readLedger(table, 'account', envelope)).toEqual({ isFinal: false, codes: [] });
    await write();
    expect(await readLedger(table, 'account', envelope)).toEqual({ isFinal: true, codes: [] });
    expect(await stored()).not.toHaveProperty('codes');
  });

  test('is removed from a partition that turned out not to be its own, unless it was finished there', async () => {
    await fail('network', 1);
    await deleteFailedAttempts(table, 'account', envelope);
    expect(await stored()).toBeUndefined();
    await write();
    await deleteFailedAttempts(table, 'account', envelope);
    expect(await stored()).toMatchObject({ outcome: 'applied' });
    await deleteFailedAttempts(table, 'elsewhere', envelope);
  });
});

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
    const failed = {
      envelope: { ...envelope, ...at('08:00:00.000') },
      processedAt: second(5),
      keepDays: 180,
    };
    await writeFailedAttempt(table, { ...failed, bookId: 'b', code: 'http-403', attempts: 1 });
    await write(at('08:00:00.000'));
    expect(await books('08')).toEqual(['b']);
  });

  test('is written before the entry: once that is final, no copy of the message writes anything', async () => {
    const put: Table['put'] = async (item, condition) => {
      if (item.item.startsWith('EVENT#')) throw new Error('died');
      return table.put(item, condition);
    };
    const entry = {
      bookId: 'b',
      outcome: 'applied',
      attempts: 1,
      processedAt: second(5),
      keepDays: 1,
    } as const;
    const dying = writeLedger(
      { ...table, put },
      { ...entry, envelope: { ...envelope, ...at('08:00:00.000') } },
    );
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
    const entry = {
      bookId: 'b',
      outcome: 'applied',
      attempts: 1,
      processedAt: second(5),
      keepDays: 9,
    } as const;
    for (const [deliveryId, time] of [
      ['d-1', '08:00:00.000'],
      ['d-2', '08:30:00.000'],
      ['d-3', '09:00:00.000'],
    ] as const)
      await writeLedger(watched, { ...entry, envelope: { ...envelope, ...at(time, { deliveryId }) } });
    expect(read.map((bookId) => bookId.slice(0, -2))).toEqual([
      'ledger#2026-03-02T08',
      'ledger#2026-03-02T09',
    ]);
  });

  test('never expires earlier because two deliveries are finished at once', async () => {
    const entry = { bookId: 'b', outcome: 'applied', attempts: 1, processedAt: second(5) } as const;
    const received = { ...envelope, ...at('08:00:00.000') };
    // What the first one has read is the past when it writes.
    const get: Table['get'] = async (key, attributes) => {
      const found = await table.get(key, attributes);
      if (key.bookId.startsWith('ledger#'))
        await writeLedger(table, { ...entry, envelope: { ...received, deliveryId: 'long' }, keepDays: 180 });
      return found;
    };
    await writeLedger({ ...table, get }, { ...entry, envelope: received, keepDays: 10 });
    expect(await hour('08')).toEqual([['b', Date.parse(second(5)) / 1000 + 181 * 86_400]]);
  });
});
