import { type Condition, IS_ABSENT } from '../../../shared/store/condition.ts';
import { QUIET } from './faults.ts';
import { MemoryTable, openMemoryTable } from './memory-table.ts';
import { port } from './port.ts';
import { prepareUpdate } from './table/prepare.ts';
import { marshalAttributes } from './table/values.ts';
import { startSimulation } from './testing/simulation.ts';

/**
 * Prints how fast the kernel is: `node test/simulation/kernel/benchmark.ts`. Not a test, because the machine decides
 * the numbers, and because vitest's transform of imports makes the kernel several times slower.
 */
async function measure(name: string, count: number, work: () => Promise<void> | void): Promise<void> {
  const start = performance.now();
  await work();
  const perSecond = (count / (performance.now() - start)) * 1000;
  console.log(`${name}: ${Math.round(perSecond / 1000)} thousand a second`);
}

const COUNT = 100_000;

function book(index: number) {
  const key = { bookId: `book-${index % 2000}`, item: 'BOOK' };
  const state = { state: 'open', at: '2026-01-01T00:00:00.000Z' };
  const due = { dueShard: String(index % 4), dueAt: `2026-01-01T00:00:${index % 60}.${index}Z` };
  return { key, item: { ...key, ...due, status: 'ACTIVE', generation: index, detect: state, income: state } };
}

async function measureEvents(): Promise<void> {
  const { scheduler } = startSimulation(1);
  for (let actor = 0; actor < 100; actor++) {
    const run = async () => {
      for (let i = 0; i < COUNT / 100; i++) await scheduler.sleep(1);
    };
    void run();
  }
  await measure('events', COUNT, () => scheduler.run(Number.POSITIVE_INFINITY));
}

async function measurePorts(): Promise<void> {
  const faults = { failBefore: 0.01, failAfter: 0.01, repeat: 0.01, slow: 0.01 };
  const simulation = startSimulation(1, { ...QUIET, ports: { '*': faults } });
  for (let index = 0; index < 100; index++) {
    const actor = simulation.actors.start(`actor-${index}`);
    const run = async () => {
      for (let i = 0; i < COUNT / 100; i++)
        await port(actor, { name: 'table.get', key: `book-${i}/BOOK` }, () => i).catch(() => {});
    };
    void run();
  }
  await measure('calls of ports', COUNT, () => simulation.scheduler.run(Number.POSITIVE_INFINITY));
}

async function measureTable(): Promise<void> {
  const core = openMemoryTable(startSimulation(1));
  await measure('put', COUNT, () => {
    for (let i = 0; i < COUNT; i++) {
      const { key, item } = book(i);
      core.put(key, marshalAttributes(item));
    }
  });
  await measure('conditional update', COUNT, () => {
    for (let i = 0; i < COUNT; i++) {
      const condition: Condition = [{ generation: { exists: false } }, { generation: { below: 1e6 } }];
      const set = { dueAt: `2026-01-02T00:00:00.${i}Z`, observedAt: '2026-01-02' };
      core.update(book(i).key, prepareUpdate({ set, condition }));
    }
  });
  await measure('get', COUNT, () => {
    for (let i = 0; i < COUNT; i++) core.get(book(i).key);
  });
  await measure('conditional put into one partition of 10,000', COUNT / 10, () => {
    for (let i = 0; i < COUNT / 10; i++) {
      const key = { bookId: 'giant', item: `EVENT#${(i * 7919) % COUNT}` };
      core.put(key, marshalAttributes({ ...key, payload: 'x' }), IS_ABSENT);
    }
  });
}

async function measureTableThroughPorts(): Promise<void> {
  const simulation = startSimulation(1);
  const core = openMemoryTable(simulation);
  for (let index = 0; index < 100; index++) {
    const table = new MemoryTable(core, simulation.actors.start(`actor-${index}`));
    const run = async () => {
      for (let i = 0; i < COUNT / 200; i++) {
        const { key, item } = book(i);
        await table.put(item);
        await table.get(key);
      }
    };
    void run();
  }
  await measure('put and get through ports', COUNT, () => simulation.scheduler.run(Number.POSITIVE_INFINITY));
}

for (let round = 1; round <= 2; round++) {
  console.log(round === 1 ? 'first round:' : 'warm:');
  await measureEvents();
  await measurePorts();
  await measureTable();
  await measureTableThroughPorts();
}
