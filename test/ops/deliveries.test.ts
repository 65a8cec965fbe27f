import { beforeEach, expect, it, test } from 'vitest';
import { deliveriesCommand } from '../../infra/ops/commands/see/deliveries.ts';
import type { Outcome } from '../../shared/store/items.ts';
import { writeFailedAttempt, writeLedger } from '../../shared/store/ledger.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const createTable = useTables();
let table: DynamoTable;
beforeEach(async () => {
  table = await createTable();
});

/** A delivery of the n-th second. */
async function past(n: number, bookUuid: string, outcome: Outcome, reason?: string): Promise<void> {
  const event = bookUuid === 'c' ? 'BOOK_VERIFIED' : 'DOC_VERIFIED';
  const payload = { encoding: 'utf8', body: '{"name":"Jane Roe"}' } as const;
  const envelope = delivery(event, { bookUuid }, { deliveryId: `id-${n}`, receivedAt: second(n), payload });
  const entry = { bookId: bookUuid, envelope, attempts: 1, processedAt: second(n), keepDays: 36_500 };
  if (outcome === 'retrying') await writeFailedAttempt(table, { ...entry, code: 'http-403' });
  else await writeLedger(table, { ...entry, outcome, reason });
}

const run = async (flags: Record<string, string> = {}) => {
  const target = fakeTarget({ table: () => table });
  const output = await runOps(deliveriesCommand, target, { flags: { since: second(0), ...flags } });
  if ('stream' in output) throw new Error('no document');
  return output;
};
const ids = async (flags: Record<string, string>) => {
  const { document } = await run(flags);
  return Array.isArray(document) ? document.map(({ deliveryId }) => deliveryId) : [];
};

test.each([
  [{}, ['id-4', 'id-3', 'id-2', 'id-1']],
  [{ since: second(3) }, ['id-4', 'id-3']],
  [{ book: 'b' }, ['id-4', 'id-1']],
  [{ event: 'book_verified' }, ['id-2']],
  [{ outcome: 'retrying' }, ['id-3']],
  [{ limit: '1' }, ['id-4']],
  [{ book: 'b', limit: '1', outcome: 'applied' }, ['id-1']],
])('%j: newest first', async (flags: Record<string, string>, expected) => {
  await past(1, 'b', 'applied');
  await past(2, 'c', 'refused', 'The document of Jane Roe is unreadable');
  await past(3, 'd', 'retrying');
  await past(4, 'b', 'unchanged');
  expect(await ids(flags)).toEqual(expected);
});

it('each has its ids, codes and times, and nothing of a body', async () => {
  await past(1, 'c', 'refused', 'The document of Jane Roe is unreadable');
  await past(2, 'd', 'retrying');
  const { document, text } = await run();
  expect(document).toEqual([
    {
      bookId: 'd',
      deliveryId: 'id-2',
      eventName: 'DOC_VERIFIED',
      channel: 'doc-verified',
      account: 'default',
      source: 'webhook',
      receivedAt: second(2),
      processedAt: second(2),
      outcome: 'retrying',
      reason: 'http-403',
      codes: ['http-403'],
      attempts: 1,
    },
    expect.objectContaining({ deliveryId: 'id-1', reason: '(text, see ops book)' }),
  ]);
  expect(text).toMatch(/^RECEIVED +EVENT +BOOK/);
  expect(JSON.stringify(document) + text).not.toContain('Jane');
});

it('says how many it leaves out', async () => {
  for (const n of [1, 2, 3]) await past(n, 'b', 'applied');
  expect((await run({ limit: '1' })).text).toMatch(/\n2 more$/);
});

test.each([
  [{ outcome: 'dead' }, /--outcome/],
  [{ since: 'yesterday' }, /must be a time/],
])('a wrong call is refused: %j', async (flags: Record<string, string>, message) => {
  await expect(run(flags)).rejects.toThrow(message);
});
