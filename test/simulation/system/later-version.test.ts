import { expect, test } from 'vitest';
import { MemoryTable, openMemoryTable } from '../kernel/table/memory-table.ts';
import { settled, startSimulation } from '../kernel/testing/simulation.ts';
import { checkUnknownKept } from '../oracle/running/ledger.ts';
import { Violations } from '../oracle/violations.ts';
import { laterTable } from './later-version.ts';

const KEY = { bookId: 'b', item: 'BOOK' };

test('what an older version loses of a later one is reported', async () => {
  const simulation = startSimulation(1);
  const core = openMemoryTable(simulation);
  const table = new MemoryTable(core, simulation.startActor('older'));
  const later = laterTable(table, simulation.scheduler.now, () => 0);
  const violations = new Violations(() => 0);
  core.onChange((change) => checkUnknownKept(change, violations));
  await settled(simulation, later.put({ ...KEY, status: 'VERIFIED', open: ['forms'] }));
  expect(core.peek(KEY)).toMatchObject({ laterText: 'x', open: ['forms', 'later-kind'] });
  expect(await settled(simulation, later.get(KEY))).toEqual({ ...KEY, status: 'VERIFIED', open: ['forms'] });
  await settled(simulation, table.put({ ...core.peek(KEY), ...KEY, status: 'VERIFYING' }));
  expect(violations.kept).toEqual([]);
  await settled(simulation, table.put({ ...KEY, status: 'VERIFYING' }));
  expect(violations.counts).toEqual({ 'unknown-lost': 1 });
});
