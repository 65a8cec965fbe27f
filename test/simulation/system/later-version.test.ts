import { expect, test } from 'vitest';
import { MemoryTable, openMemoryTable } from '../kernel/table/memory-table.ts';
import { startSimulation } from '../kernel/testing/simulation.ts';
import { checkUnknownKept } from '../oracle/running/ledger.ts';
import { Violations } from '../oracle/violations.ts';
import { LaterTable } from './later-version.ts';

const KEY = { bookId: 'b', item: 'BOOK' };

function open() {
  const simulation = startSimulation(1);
  const core = openMemoryTable(simulation);
  const table = new MemoryTable(core, simulation.startActor('older'));
  const later = new LaterTable(
    table,
    () => 7,
    () => 0,
  );
  const run = <Result>(work: Promise<Result>) =>
    Promise.all([work, simulation.scheduler.run(Number.POSITIVE_INFINITY)]).then(([result]) => result);
  return { core, table, later, run };
}

test('a later version adds what it alone knows, and does not show it to its own code', async () => {
  const { core, later, run } = open();
  await run(later.put({ ...KEY, status: 'VERIFIED', open: ['forms'] }));
  expect(core.peek(KEY)).toMatchObject({ laterText: 'x', open: ['forms', 'later-kind'] });
  expect(core.peek(KEY)).toHaveProperty(['need#later-kind']);
  expect(await run(later.get(KEY))).toEqual({ ...KEY, status: 'VERIFIED', open: ['forms'] });
});

test('what an older version loses of it is reported', async () => {
  const { core, table, later, run } = open();
  const violations = new Violations(() => 0);
  core.onChange((change) => checkUnknownKept(change, violations));
  await run(later.put({ ...KEY, status: 'VERIFIED' }));
  await run(table.put({ ...(await run(table.get(KEY))), ...KEY, status: 'VERIFYING' }));
  expect(violations.total).toBe(0);
  await run(table.put({ ...KEY, status: 'VERIFYING' }));
  expect(violations.counts).toEqual({ 'unknown-lost': 1 });
});
