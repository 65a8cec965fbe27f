import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Table } from '../../../../shared/store/table.ts';
import { useTables } from '../../../shared/store/testing/table.ts';
import { QUIET } from '../faults.ts';
import { CONDITIONS, type Operation, operation } from '../testing/operations.ts';
import { settled, startSimulation } from '../testing/simulation.ts';
import { MemoryTable, openMemoryTable } from './memory-table.ts';
import { isMet, marshalAttributes } from './values.ts';

const makeTable = useTables();

const RUNS = Number(process.env.KERNEL_RUNS ?? 40);

it('answers every request as DynamoDB does', async () => {
  const counts = { accepted: 0, conditionFailed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 10, maxLength: 40 }), async (operations) => {
      const dynalite = await makeTable();
      const simulation = startSimulation(1, { ...QUIET, index: { ...QUIET.index, lag: [0, 0] } });
      const memory = new MemoryTable(openMemoryTable(simulation), simulation.startActor('test'));
      for (const requested of operations) {
        const wanted = await outcome(dynalite, requested);
        const actual = await settled(simulation, outcome(memory, requested));
        expect(actual, JSON.stringify(requested.given)).toEqual(wanted);
        if (wanted === 'refused') counts.refused += 1;
        else if (JSON.stringify(wanted).includes('"written":false')) counts.conditionFailed += 1;
        else counts.accepted += 1;
      }
    }),
    { numRuns: RUNS },
  );
  console.log('requests compared:', counts);
});

it('evaluates every condition as DynamoDB does', async () => {
  const dynalite = await makeTable();
  const key = { bookId: 'book-1', item: 'BOOK' };
  for (const answered of [undefined, 0, 1, 2, 3, 'a', 'b', true, null, ['a'], { a: 1 }, Buffer.from('a')]) {
    const item = { ...key, answered, outcome: 'a' };
    await dynalite.put(item);
    for (const condition of CONDITIONS) {
      const { written } = await dynalite.put(item, condition);
      expect(isMet(condition, marshalAttributes(item)), JSON.stringify({ answered, condition })).toBe(
        written,
      );
    }
  }
});

/** A result in a form that can be compared; of an error only that it is one. */
async function outcome(table: Table, { send }: Operation): Promise<unknown> {
  try {
    return comparable(await send(table));
  } catch {
    return 'refused';
  }
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value ?? 'nothing';
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, comparable(part)]));
}
