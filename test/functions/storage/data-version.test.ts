import { expect, it } from 'vitest';
import { claimData } from '../../../functions/storage/data-version.ts';
import { DATA_VERSION } from '../../../shared/store/definition/data-version.ts';
import { memoryTable } from '../../shared/store/testing/memory-table.ts';
import { check } from './testing/check.ts';

const KEY = { bookId: 'poller', item: 'DATA' };
const NOW = Date.parse('2026-03-02T08:00:00Z');

it('is noted once, over none and over an earlier one', async () => {
  const table = await memoryTable();
  expect(await claimData(table, NOW)).toBeUndefined();
  const noted = { ...KEY, version: DATA_VERSION, since: '2026-03-02T08:00:00.000Z' };
  expect(await table.get(KEY)).toEqual(noted);
  expect(await claimData(table, NOW + 1000)).toBeUndefined();
  expect(await table.get(KEY)).toEqual(noted);
  await table.put({ ...KEY, version: DATA_VERSION - 1 });
  expect(await claimData(table, NOW)).toBeUndefined();
  expect(await table.get(KEY)).toEqual(noted);
});

it('of later functions is refused, and stays', async () => {
  const table = await memoryTable();
  await table.put({ ...KEY, version: DATA_VERSION + 1 });
  expect(await claimData(table, NOW)).toMatch(
    new RegExp(
      `^The table has data of version ${DATA_VERSION + 1}, .* Deploy the later one again: docs/upgrading.md$`,
    ),
  );
  expect(await table.get(KEY)).toEqual({ ...KEY, version: DATA_VERSION + 1 });
});

it('fails the deployment that it refuses, and no other', async () => {
  const request = { ResourceProperties: { dataVersion: '2', table: 'books' } };
  expect((await check({ request })).told.Status).toBe('SUCCESS');
  const { told, lines } = await check({ request, refusal: 'The table has data of version 3' });
  expect(told).toMatchObject({ Status: 'FAILED', Reason: 'The table has data of version 3' });
  expect(lines).toHaveLength(1);
  const deletion = { ...request, RequestType: 'Delete', PhysicalResourceId: 'as-before' };
  expect((await check({ request: deletion, refusal: 'refused' })).told.Status).toBe('SUCCESS');
});
