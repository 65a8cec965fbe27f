import { beforeEach, expect, test } from 'vitest';
import {
  readCursor,
  releaseLease,
  takeLease,
  writeCursor,
} from '../../../shared/store/polling/poller-state.ts';
import type { Table } from '../../../shared/store/table.ts';
import { useTables } from '../testing/table.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

test('while one run holds the lease no other gets it', async () => {
  expect(await takeLease(table, 'run-1', 1000, 2000)).toBe(true);
  expect(await takeLease(table, 'run-2', 1500, 2500)).toBe(false);
  expect(await takeLease(table, 'run-2', 2000, 3000)).toBe(false);
});

test('the holder of the lease gets it again, because the first answer may have been lost', async () => {
  const table = await createTable();
  expect(await takeLease(table, 'run-1', 1000, 2000)).toBe(true);
  expect(await takeLease(table, 'run-1', 1001, 2000)).toBe(true);
  expect(await takeLease(table, 'run-2', 1500, 2500)).toBe(false);
});

test('of many who want it at once, one gets it', async () => {
  const runs = Array.from({ length: 8 }, (_, n) => takeLease(table, `run-${n}`, 1000, 2000));
  expect((await Promise.all(runs)).filter((taken) => taken)).toHaveLength(1);
});

test('the lease of a run that was killed ends by itself', async () => {
  await takeLease(table, 'run-1', 1000, 2000);
  expect(await takeLease(table, 'run-2', 2001, 3000)).toBe(true);
});

test('a released lease is free at once', async () => {
  await takeLease(table, 'run-1', 1000, 2000);
  await releaseLease(table, 'run-1');
  expect(await takeLease(table, 'run-2', 1001, 3000)).toBe(true);
});

test('a run that overran cannot release the lease of the next', async () => {
  await takeLease(table, 'run-1', 1000, 2000);
  await takeLease(table, 'run-2', 2001, 3000);
  await releaseLease(table, 'run-1');
  expect(await takeLease(table, 'run-3', 2500, 4000)).toBe(false);
});

test('a list that was never read begins at its start', async () => {
  expect(await readCursor(table, 'default')).toEqual({ offset: 0, lastPk: '0' });
});

test('each account has a cursor of its own, with every digit of its pk', async () => {
  await writeCursor(table, 'default', { offset: 7, lastPk: '18446744073709551615' });
  await writeCursor(table, 'lending', { offset: 1, lastPk: '5' });
  expect(await readCursor(table, 'default')).toEqual({ offset: 7, lastPk: '18446744073709551615' });
});
