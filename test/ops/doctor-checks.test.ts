import { beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CHECKS } from '../../infra/ops/doctor/system.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import { dueShard } from '../../shared/store/keys.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import { useTables } from '../store/testing/table.ts';
import { fakeTarget } from './fake-target.ts';
import { runOne } from './testing/doctor.ts';

describe('what every stack has', () => {
  const NOW = Date.parse('2026-03-01T12:00:00Z');
  const queues = { 'doc-verified': { url: 'http://q', dlqUrl: 'http://q-dlq' } };
  const runCheck = (name: string, parts: Partial<Target> = {}) =>
    runOne(SYSTEM_CHECKS, name, {
      target: fakeTarget({ queues, ...parts }),
      which: ' --stage prod',
      now: NOW,
    });
  const sqsWith = (counts: Readonly<Record<string, number>>) =>
    ({
      send: async ({ input }: { input: { QueueUrl: string } }) => ({
        Attributes: { ApproximateNumberOfMessages: String(counts[input.QueueUrl] ?? 0) },
      }),
    }) as unknown as Target['sqs'];
  const due = (...dueAts: string[]) => ({
    table: () =>
      ({
        async *queryDue(shard: string) {
          if (shard.endsWith('0')) for (const dueAt of dueAts) yield { bookId: 'b', item: 'BOOK', dueAt };
        },
      }) as never,
  });

  it.each([
    [{}, 'ok', 'none', undefined],
    [{ 'http://q-dlq': 3 }, 'fail', 'doc-verified 3', 'ops dlq doc-verified --stage prod'],
  ])('dead letters: %j', async (counts, state, found, todo) => {
    expect(await runCheck('dead letters', { sqs: sqsWith(counts) })).toEqual({
      name: 'dead letters',
      state,
      found,
      ...(todo !== undefined && { todo }),
    });
  });

  it.each([
    [999, 'ok'],
    [1000, 'warn'],
  ])('%d messages that wait: %s', async (count, state) => {
    expect(await runCheck('waiting', { sqs: sqsWith({ 'http://q': count }) })).toMatchObject({ state });
  });

  it.each([
    [undefined, 'ok', 'none is known'],
    [30, 'ok', '30 s in doc-verified'],
    [1800, 'warn', '30 minutes in doc-verified'],
  ])('the oldest message has its current age, as in "ops queues": %s seconds', async (age, state, found) => {
    const ages = new Map(age === undefined ? [] : [['http://q', age]]);
    const parts = { sqs: sqsWith({ 'http://q': 1 }), queueAges: async () => ages };
    expect(await runCheck('oldest message', parts)).toMatchObject({ state, found });
    const empty = { sqs: sqsWith({}), queueAges: async () => ages };
    expect(await runCheck('oldest message', empty)).toMatchObject({ state: 'ok', found: 'none is known' });
  });

  it.each([
    [[], 'ok', 'none is due'],
    [['2026-03-01T11:46:00Z'], 'ok', 'due for at most 14 minutes'],
    [['2026-03-01T11:59:00Z', '2026-03-01T10:00:00Z'], 'fail', 'due for 120 minutes'],
    [['2026-03-01T11:59:00Z'], 'ok', 'due for at most 1 minute'],
  ])('books that are due: %j', async (dueAts, state, found) => {
    expect(await runCheck('due books', due(...dueAts))).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  describe('what version 0.1 left behind', () => {
    const createTable = useTables();
    let table: DynamoTable;
    beforeEach(async () => {
      table = await createTable();
    });
    const put = (bookId: string, item: string, more: object = {}) =>
      table.put({ bookId, item, dueShard: dueShard(bookId), dueAt: '2026-02-01T00:00:00.000Z', ...more });
    const left = () => runCheck('version 0.1', { table: () => table });

    it('is listed, and how to finish the upgrade', async () => {
      await put('pk-7', 'BOOK');
      await put('account', 'OPEN#signals#d');
      expect(await left()).toMatchObject({
        state: 'warn',
        found: 'left of it: pk-7, OPEN#signals#d',
        todo: expect.stringContaining('docs/operations.md#from-version-01'),
      });
      // The poller skips them, so they do not say that it is late.
      expect(await runCheck('due books', { table: () => table })).toMatchObject({ found: 'none is due' });
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

  it.each([
    ['example-webhook-secret-A1', 'ok'],
    ['', 'fail'],
  ])('a webhook secret is never shown: %s', async (secret, state) => {
    const checked = await runCheck('webhook secrets', { webhookSecret: async () => secret });
    expect(checked).toMatchObject({ state });
    expect(JSON.stringify(checked)).not.toContain('example-webhook-secret-A1');
  });

  it.each([
    [{ clientId: 'an-id', clientSecret: 'a-secret' }, 'ok'],
    [undefined, 'fail'],
  ])('API credentials are never shown: %j', async (credentials, state) => {
    const access = { apiUrl: '', authUrl: '', tokenFormat: 'json', audience: undefined } as const;
    const checked = await runCheck('API credentials', { ocrolus: async () => ({ ...access, credentials }) });
    expect(checked).toMatchObject({ state });
    expect(JSON.stringify(checked)).not.toMatch(/an-id|a-secret/);
  });

  it.each([
    [false, 'ok', 'matches the settings: default'],
    [true, 'fail', 'differs: default'],
  ])('a registration that differs: %s', async (drift, state, found) => {
    const webhook = { url: 'https://hooks.example', events: [] };
    const difference = { webhook: 'same', missing: [], dropped: [], unasked: [] };
    const report = {
      account: 'default',
      level: 'account',
      wanted: webhook,
      registered: webhook,
      difference,
      drift,
    };
    expect(await runCheck('registration', { invoke: async () => [report] })).toMatchObject({ state, found });
  });

  it('a registration that cannot be asked for', async () => {
    const invoke = async () => [{ account: 'default', error: 'Ocrolus refuses the credentials' }];
    expect(await runCheck('registration', { invoke })).toMatchObject({
      state: 'fail',
      found: 'default: Ocrolus refuses the credentials',
    });
  });
});
