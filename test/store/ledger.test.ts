import { beforeEach, expect, test } from 'vitest';
import type { Envelope } from '../../shared/events/envelope.ts';
import { eventItem } from '../../shared/store/keys.ts';
import { type LedgerEntry, writeLedger } from '../../shared/store/ledger.ts';
import type { Table } from '../../shared/store/table.ts';
import { second } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

const envelope: Envelope = {
  version: 1,
  deliveryId: 'd-1',
  account: 'default',
  source: 'webhook',
  receivedAt: second(1),
  eventName: 'BOOK_VERIFIED',
  channel: 'book-verified',
  ids: {},
  payload: { encoding: 'utf8', body: '{"event":"BOOK_VERIFIED"}' },
};
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

test('an entry tells the delivery, what became of it, and when it may be forgotten', async () => {
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

test('the first entry of a delivery stays', async () => {
  await write();
  await write({}, { outcome: 'unchanged', attempts: 3 });
  expect(await stored()).toMatchObject({ outcome: 'applied', attempts: 2 });
});

test('two deliveries of one moment have an entry each', async () => {
  await write();
  await write({ deliveryId: 'd-2' }, { outcome: 'unchanged' });
  const other = await table.get({ bookId: 'account', item: eventItem(second(1), 'd-2') });
  expect(other).toMatchObject({ outcome: 'unchanged' });
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
