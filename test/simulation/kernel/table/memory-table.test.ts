import { expect, it } from 'vitest';
import { IS_ABSENT } from '../../../../shared/store/condition.ts';
import { type FaultProfile, QUIET } from '../faults.ts';
import { allOf, settled, startSimulation } from '../testing/simulation.ts';
import { DueIndex } from './due-index.ts';
import { MemoryTable, openMemoryTable } from './memory-table.ts';

function open(profile: Partial<FaultProfile> = {}, seed = 1) {
  const simulation = startSimulation(seed, { ...QUIET, ...profile });
  const core = openMemoryTable(simulation);
  const table = new MemoryTable(core, simulation.startActor('test'));
  const settle = <Result>(started: Promise<Result>) => settled(simulation, started);
  return { simulation, core, table, settle };
}

const KEY = { bookId: 'book-1', item: 'BOOK' };

it('keeps copies: neither the writer nor a reader can change what is stored', async () => {
  const { table, settle } = open();
  const item = { ...KEY, detect: { at: 'now' }, body: Buffer.from('abc') };
  const put = table.put(item);
  item.detect.at = 'changed after the call';
  item.body.fill(0);
  await settle(put);
  const read = await settle(table.get(KEY));
  expect(read).toEqual({ ...KEY, detect: { at: 'now' }, body: new Uint8Array([97, 98, 99]) });
  Object.assign(read?.detect ?? {}, { at: 'changed by a reader' });
  expect(await settle(table.get(KEY, ['detect']))).toEqual({ detect: { at: 'now' } });
});

it('can read later what made a condition fail, as the real table does', async () => {
  const { table, settle, core } = open({ lateExisting: 1 });
  await settle(table.put({ ...KEY, generation: 1 }));
  const { reads } = core.usage;
  const written = await settle(table.delete(KEY, IS_ABSENT));
  expect(written).toEqual({ written: false, existing: { ...KEY, generation: 1 } });
  expect(core.usage.reads).toBe(reads + 1);
});

it('shows a change in the index only after the lag, and the changes of an item in their order', async () => {
  const { simulation, table, settle } = open({ index: { lag: [1000, 60_000], slow: 0, slowLag: [0, 0] } });
  const rows = () => settle(allOf(table.queryDue('0', '2027')));
  await settle(table.put({ ...KEY, dueShard: '0', dueAt: '2026-01-01' }));
  expect(await rows()).toEqual([]);
  await simulation.scheduler.run(simulation.scheduler.now() + 60_000);
  expect(await rows()).toEqual([{ ...KEY, dueAt: '2026-01-01' }]);
  await settle(table.update(KEY, { set: { dueAt: '2026-01-02' } }));
  await settle(table.delete(KEY));
  // Stale: the item is deleted, and its row still exists.
  expect(await rows()).toEqual([{ ...KEY, dueAt: '2026-01-01' }]);
  await simulation.scheduler.run(simulation.scheduler.now() + 60_000);
  expect(await rows()).toEqual([]);
});

it('shows the last of several changes in the end, whatever the lags are', () => {
  const lags = [100, 1, 50];
  const index = new DueIndex(() => lags.shift() ?? 0);
  const versions = ['a', 'b', 'c', 'd'].map((dueAt) => ({ dueShard: '0', dueAt }));
  versions.forEach((after, version) => {
    index.change(0, KEY, versions[version - 1] ?? {}, after);
  });
  expect([...index.rows(99, '0', 'z')]).toEqual([]);
  expect([...index.rows(100, '0', 'z')]).toEqual([{ ...KEY, dueAt: 'd' }]);
});

it('reads a query page by page, with what is written in between', async () => {
  const { simulation, core, table, settle } = open({ pageItems: 2 });
  for (const id of [5, 1, 3, 2, 4]) await settle(table.put({ bookId: 'book-1', item: `DOC#${id}` }));
  core.onChange(({ key }) => expect(key.item).toBe('DOC#9'));
  const queried = allOf(table.query({ bookId: 'book-1', prefix: 'DOC#' }));
  await simulation.scheduler.run(Number.POSITIVE_INFINITY, () => core.usage.readUnits === 1);
  const put = table.put({ bookId: 'book-1', item: 'DOC#9' });
  const items = (await settle(queried)).map(({ item }) => item);
  await put;
  expect(items.slice(0, 5)).toEqual(['DOC#1', 'DOC#2', 'DOC#3', 'DOC#4', 'DOC#5']);
  expect(core.usage.readUnits).toBe(items.length === 5 ? 3 : 4);
});

it('counts units by the size of items', async () => {
  const { core, table, settle } = open();
  await settle(table.put({ ...KEY, body: new Uint8Array(2500), dueShard: '0', dueAt: 'a' }));
  expect(core.usage).toMatchObject({ writeUnits: 4 });
  await settle(table.update(KEY, { set: { dueAt: 'b' } }));
  expect(core.usage).toMatchObject({ writeUnits: 9 });
  await settle(table.get(KEY));
  expect(core.usage).toMatchObject({ readUnits: 1 });
});
