import { beforeEach, expect, it, vi } from 'vitest';
import { createHealth } from '../../../infra/console/views/health.ts';
import { HEALTH_CHECKS } from '../../../infra/ops/health/checks.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import { memoryTable } from '../../shared/store/testing/memory-table.ts';
import { fakeTarget } from '../ops/fake-target.ts';

let now: number;
let reads: number;
let paused: () => Promise<readonly string[]>;
let open: () => Promise<Target>;
beforeEach(async () => {
  now = 0;
  reads = 0;
  paused = async () => ['income'];
  const table = await memoryTable();
  const pausedChannels = () => {
    reads += 1;
    return paused();
  };
  open = async () => fakeTarget({ pausedChannels, table: () => table as never });
});
const create = () =>
  createHealth(
    () => open(),
    '',
    () => now,
  ).read;

const until = <T>(read: () => T) => vi.waitUntil(read, { timeout: 20_000 });

it('is unknown at first, and then what the checks of doctor find', async () => {
  const read = create();
  expect(read()).toBeUndefined();
  const health = await until(read);
  expect(health.map(({ name }) => name)).toEqual(HEALTH_CHECKS.map(({ name }) => name));
  expect(health).toContainEqual(expect.objectContaining({ name: 'paused', state: 'warn' }));
});

it('is read again after five seconds, and never twice at the same time', async () => {
  const read = create();
  read();
  await until(read);
  now = 4999;
  read();
  expect(reads).toBe(1);

  const slow = Promise.withResolvers<readonly string[]>();
  paused = () => slow.promise;
  now = 5000;
  read();
  await until(() => reads === 2);
  now = 15_000;
  expect(read()).toContainEqual(expect.objectContaining({ found: 'income: deliveries wait' }));
  expect(reads).toBe(2);
  slow.resolve([]);
  await until(() => read()?.some(({ found }) => found === 'no consumer'));
});

it('is unknown again if nobody has asked for a while, and while the stack cannot be found', async () => {
  const read = create();
  read();
  await until(read);
  now = 60_000;
  expect(read()).toBeUndefined();
  await until(read);

  const found = open;
  open = () => Promise.reject(new Error('no local stack runs'));
  const lost = create();
  expect(lost()).toBeUndefined();
  open = found;
  now += 5000;
  await until(lost);
});
