import { beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CHECKS } from '../../../../infra/ops/doctor/system.ts';
import type { Target } from '../../../../infra/ops/target/target.ts';
import { dueShard } from '../../../../shared/store/keys.ts';
import { type MemoryTable, memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { fakeTarget } from '../fake-target.ts';
import { runOne } from '../testing/doctor.ts';
import { sqsWith } from '../testing/sqs.ts';

const queues = { 'doc-verified': { url: 'http://q', dlqUrl: 'http://q-dlq' } };
const now = Date.parse('2026-03-01T12:00:00Z');
const runCheck = (name: string, parts: Partial<Target> = {}) =>
  runOne(SYSTEM_CHECKS, name, { target: fakeTarget({ queues, ...parts }), which: ' --stage prod', now });

const waiting = (count: number) => ({ sqs: sqsWith({ 'http://q': [count, 0, 0] }) });
const aged = (seconds: number) => ({ queueAges: async () => new Map([['http://q', seconds]]) });
const due = (...dueAts: string[]): Partial<Target> => ({
  table: () =>
    ({
      async *queryDue(shard: string) {
        if (shard.endsWith('0')) for (const dueAt of dueAts) yield { bookId: 'b', item: 'BOOK', dueAt };
      },
    }) as never,
});
const secret = (text: string) => ({ webhookSecret: async () => text });
const access = { apiUrl: '', authUrl: '', tokenFormat: 'json', audience: undefined } as const;
const credentials = (clientId?: string, clientSecret = 'example-secret') => ({
  ocrolus: async () => ({
    ...access,
    credentials: clientId === undefined ? undefined : { clientId, clientSecret },
  }),
});
const registration = (...answer: object[]) => ({ invoke: async () => answer });
const webhook = { url: 'https://hooks.example', events: [] };
const report = (drift: boolean) => ({
  ...{ account: 'default', level: 'account', wanted: webhook, registered: webhook, drift },
  difference: { webhook: 'same', missing: [], dropped: [], unasked: [] },
});

describe('every stack', () => {
  it.each<[check: string, state: string, found: string, Partial<Target>]>([
    ['dead letters', 'ok', 'none', waiting(0)],
    ['dead letters', 'fail', 'doc-verified 3', { sqs: sqsWith({ 'http://q-dlq': [3, 0, 0] }) }],
    ['waiting', 'ok', '999 messages', waiting(999)],
    ['waiting', 'warn', '1000 messages', waiting(1000)],
    // Its current age, as in `ops queues`.
    ['oldest message', 'ok', 'none is known', waiting(1)],
    ['oldest message', 'ok', '30 s in doc-verified', { ...waiting(1), ...aged(30) }],
    ['oldest message', 'warn', '30 minutes in doc-verified', { ...waiting(1), ...aged(1800) }],
    ['oldest message', 'ok', 'none is known', { ...waiting(0), ...aged(1800) }],
    ['due books', 'ok', 'none is due', due()],
    ['due books', 'ok', 'due for at most 14 minutes', due('2026-03-01T11:46:00Z')],
    ['due books', 'ok', 'due for at most 1 minute', due('2026-03-01T11:59:00Z')],
    [
      'due books',
      'fail',
      'due for 120 minutes: the poller does not run, or does not keep up',
      due('2026-03-01T11:59:00Z', '2026-03-01T10:00:00Z'),
    ],
    ['webhook secrets', 'ok', 'set: default', secret('example-secret')],
    ['webhook secrets', 'fail', 'not set: default', secret('')],
    ['API credentials', 'ok', 'set: default', credentials('example-id')],
    ['API credentials', 'fail', 'not filled in: default', credentials()],
    ['registration', 'ok', 'matches the settings: default', registration(report(false))],
    ['registration', 'fail', 'differs: default', registration(report(true))],
    [
      'registration',
      'warn',
      'waiting for the Dashboard: default',
      registration({ ...report(true), level: 'organization', waitsForDashboard: true }),
    ],
    ['registration', 'fail', 'default: refused', registration({ account: 'default', error: 'refused' })],
  ])('%s: %s, %s', async (check, state, found, parts) => {
    const checked = await runCheck(check, parts);
    expect(checked).toMatchObject({ state, found });
    expect(JSON.stringify(checked)).not.toMatch(/example-(id|secret)/);
  });

  it('names the command for what it has found, on the same stack', async () => {
    const dead = await runCheck('dead letters', { sqs: sqsWith({ 'http://q-dlq': [1, 0, 0] }) });
    expect(dead.todo).toBe('ops dlq doc-verified --stage prod; docs/runbook.md#dead-letters');
  });
});

describe('what version 0.1 left behind', () => {
  let table: MemoryTable;
  beforeEach(async () => {
    table = await memoryTable();
  });
  const put = (bookId: string, item: string, more: object = {}) =>
    table.put({ bookId, item, dueShard: dueShard(bookId), dueAt: '2026-02-01T00:00:00.000Z', ...more });
  const parts = { table: () => table as never };
  const left = () => runCheck('version 0.1', parts);

  it('is listed, and how to finish the upgrade', async () => {
    await put('pk-7', 'BOOK');
    await put('account', 'OPEN#signals#d');
    expect(await left()).toMatchObject({
      state: 'warn',
      found: 'left of it: pk-7, OPEN#signals#d',
      todo: expect.stringContaining('docs/operations.md#from-version-01'),
    });
    // The poller skips them, so they do not say that it is late.
    expect(await runCheck('due books', parts)).toMatchObject({ found: 'none is due' });
  });

  it('is counted where there is much of it', async () => {
    for (let n = 0; n < 7; n += 1) await put(`pk-${n}`, 'BOOK');
    expect((await left()).found).toMatch(/^left of it: (pk-\d, ){4}pk-\d and 2 more$/);
  });

  it('is not a book, the ledger of a pk, or the tombstone of one', async () => {
    await put('b', 'BOOK');
    await put('pk-7', 'EVENT#2026-03-01T08:00:00.000Z#one', { dueAt: undefined, dueShard: undefined });
    await put('pk-8', 'BOOK', { status: 'FORGOTTEN', forgottenAt: '2026-02-01T00:00:00.000Z' });
    expect(await left()).toMatchObject({ state: 'ok' });
  });
});
