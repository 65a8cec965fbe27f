import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryCommand } from '../../infra/ops/commands/see/delivery.ts';
import type { LogLine } from '../../infra/ops/logs/function-logs.ts';
import { writeFailedAttempt, writeLedger } from '../../shared/store/ledger.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { fakeLogs, fakeReader, runOps } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
let stack: TestQueues;
let table: DynamoTable;
beforeEach(async () => {
  stack = await createQueues('doc-verified');
  table = await createTable();
});

const envelope = delivery('DOC_VERIFIED', { bookUuid: 'b' }, { deliveryId: 'one', receivedAt: second(1) });
const entry = { bookId: 'b', envelope, keepDays: 36_500 };
const line = (n: number, message: string, fields: object, name = 'doc-verified'): LogLine => {
  const at = second(n);
  const text = JSON.stringify({ timestamp: at, level: 'INFO', message, deliveryId: 'one', ...fields });
  return { at, function: name, text };
};
const queued = line(
  1,
  'delivery queued',
  { channel: 'doc-verified', eventName: 'DOC_VERIFIED', bookUuid: 'b' },
  'webhook',
);
const retry = line(2, 'retry scheduled', { attempts: 1, code: 'http-403', seconds: 30 });
const asked = line(3, 'Ocrolus asked', { operation: 'doc-form-data', answer: 'ok', ms: 12 });
const processed = line(4, 'delivery processed', { attempts: 2, outcome: 'applied' });

const tell = async (lines: readonly LogLine[] = [], flags: Record<string, string> = {}) => {
  const reader = fakeReader({
    book: async () => ({
      ...{ bookId: 'b', item: 'BOOK', account: 'default', generation: 1, source: 'webhook' },
      ...{ createdAt: second(0), updatedAt: second(3) },
    }),
  });
  const target = { ...stack.target, reader, table: () => table, logs: fakeLogs(lines) };
  const output = await runOps(deliveryCommand, target, { words: ['one'], flags });
  if ('stream' in output) throw new Error('no document');
  return output;
};

describe('the story of a delivery', () => {
  it('cannot break out of its lines', async () => {
    const evil = { ...envelope, eventName: 'X \u001b[31mred \n evil line' };
    await writeLedger(table, {
      ...entry,
      envelope: evil,
      attempts: 1,
      outcome: 'refused',
      processedAt: second(4),
    });
    const { text } = await tell();
    expect(text).toContain(String.raw`X \u001b[31mred \u000a evil line of account`);
  });

  it('that was processed has its attempts, calls, and what was written', async () => {
    const processedAt = second(4);
    await writeFailedAttempt(table, { ...entry, attempts: 1, code: 'http-403', processedAt: second(2) });
    await writeLedger(table, { ...entry, attempts: 2, outcome: 'applied', processedAt });
    const { document, text } = await tell([queued, retry, asked, processed]);
    expect(document).toEqual({
      deliveryId: 'one',
      state: 'processed',
      eventName: 'DOC_VERIFIED',
      source: 'webhook',
      account: 'default',
      channel: 'doc-verified',
      bookId: 'b',
      receivedAt: second(1),
      processedAt,
      outcome: 'applied',
      reason: null,
      attempts: [
        { attempt: 1, at: second(2), code: 'http-403', retryAfterSeconds: 30 },
        { attempt: 2, at: second(4), code: 'applied', retryAfterSeconds: null },
      ],
      calls: [{ at: second(3), operation: 'doc-form-data', answer: 'ok', code: null, ms: 12 }],
      written: [{ item: 'BOOK', at: second(3) }],
      deadLetter: null,
    });
    expect(text).toMatch(/^delivery one: processed, applied\n/);
    expect(await tell([], { book: 'b' })).toMatchObject({
      document: {
        attempts: [
          { attempt: null, at: null, code: 'http-403' },
          { attempt: 2, at: processedAt, code: 'applied' },
        ],
        calls: [],
      },
    });
  });

  it('that is being retried says so', async () => {
    await writeFailedAttempt(table, { ...entry, attempts: 1, code: 'http-403', processedAt: second(2) });
    const { document } = await tell([queued, retry]);
    expect(document).toMatchObject({
      state: 'retrying',
      outcome: 'retrying',
      attempts: [{ code: 'http-403' }],
    });
  });

  it('that is dead says where, and what to do', async () => {
    await stack.dead('doc-verified', envelope);
    const { document, text } = await tell();
    expect(document).toMatchObject({
      state: 'dead',
      eventName: 'DOC_VERIFIED',
      deadLetter: { channel: 'doc-verified', why: 'retries-used-up' },
    });
    expect(text).toContain('ops redrive doc-verified --id one');
  });

  it('that is still queued is known from the webhook’s log', async () => {
    const { document } = await tell([{ ...queued, at: new Date().toISOString() }]);
    expect(document).toMatchObject({ state: 'queued', channel: 'doc-verified', bookId: 'b', attempts: [] });
  });

  it('that does not exist is a failure', async () => {
    await expect(tell()).rejects.toThrow('no delivery one');
  });
});
