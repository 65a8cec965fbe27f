import { beforeEach, describe, expect, test } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { eventItem } from '../../../shared/store/keys.ts';
import {
  deleteFailedAttempts,
  readLedger,
  writeFailedAttempt,
  writeLedger,
} from '../../../shared/store/ledger.ts';
import type { Table } from '../../../shared/store/table.ts';
import { envelope, ledgerEntry } from './testing/ledger-entry.ts';
import { memoryTable } from './testing/memory-table.ts';
import { second } from './testing/observations.ts';
import { loseAnswers } from './testing/stepwise.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
});

const write = (...entry: Parameters<typeof ledgerEntry>) => writeLedger(table, ledgerEntry(...entry));
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
