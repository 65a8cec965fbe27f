import { expect, it } from 'vitest';
import { EVENT_PREFIX } from '../../shared/store/keys.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { createReader } from '../../shared/store/reader.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { memoryBodies } from '../shared/store/testing/bodies.ts';
import { memoryTable } from '../shared/store/testing/memory-table.ts';
import { second } from '../shared/store/testing/observations.ts';

const EVENTS = 10_000;
const KEEP_DAYS = 180;

it('the ten thousand deliveries of one book come page by page, oldest first, and each expires', async () => {
  // A page ends at 1 MB only.
  const table = await memoryTable(Number.POSITIVE_INFINITY);
  // One as the consumers write it, with a body of the usual size, and others like it.
  const payload = {
    encoding: 'utf8',
    body: JSON.stringify({ event: 'DOC_VERIFIED', note: 'x'.repeat(300) }),
  } as const;
  const envelope = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b' },
    { deliveryId: 'n', receivedAt: second(0), payload },
  );
  const entry = { bookId: 'b', envelope, outcome: 'applied', attempts: 1, keepDays: KEEP_DAYS } as const;
  await writeLedger(table, { ...entry, processedAt: second(1) });
  const like = await table.get({ bookId: 'b', item: `${EVENT_PREFIX}${second(0)}#n` });
  const others = Array.from({ length: EVENTS - 1 }, (_, n) => ({
    ...like,
    bookId: 'b',
    item: `${EVENT_PREFIX}${second(n + 1)}#n`,
    receivedAt: second(n + 1),
  }));
  // Not in order.
  for (const other of others.toSorted((a, b) => (a.item.slice(-12) < b.item.slice(-12) ? -1 : 1)))
    await table.put(other);
  const before = { ...table.requests };

  const events = await createReader(table, memoryBodies()).events('b');
  expect(events.map(({ receivedAt }) => receivedAt)).toEqual(
    Array.from({ length: EVENTS }, (_, n) => second(n)),
  );
  expect(
    events.every(({ expiresAt }) => expiresAt === Date.parse(second(1)) / 1000 + KEEP_DAYS * 86_400),
  ).toBe(true);
  expect(table.requests.items - before.items).toBe(EVENTS);
  expect(table.requests.reads - before.reads).toBeGreaterThan(3);
  expect(table.requests.reads - before.reads).toBeLessThan(10);
});
