import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LedgerFilter, readLedger } from '../../../../infra/ops/ledger/read-ledger.ts';
import { bookIdOf, type EventIds } from '../../../../shared/events/ids.ts';
import { writeLedger } from '../../../../shared/store/ledger.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { useTables } from '../../../shared/store/testing/table.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T08:00:00.000Z');
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Sort keys of the entries of a period. */
async function find(table: DynamoTable, filter: LedgerFilter): Promise<string[]> {
  const found: string[] = [];
  const query = { filter, attributes: ['item'], signal: new AbortController().signal };
  await readLedger(table, query, (items) => void found.push(...items.map(({ item }) => String(item))));
  return found.sort();
}

/** The limits of an hour, and any time between them. */
const times = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.oneof(fc.constantFrom(0, 1, HOUR - 1), fc.nat(HOUR - 1)))
  .map(([hours, rest]) => START + hours * HOUR + rest);
const ids = fc.oneof(
  fc.constant<EventIds>({}),
  fc.nat(9).map((n) => ({ bookUuid: `b${n}` })),
  fc.nat(3).map((n) => ({ bookPk: String(n) })),
);
const ledgers = fc.array(fc.record({ at: times, ids, outcome: fc.constantFrom('applied', 'unchanged') }), {
  maxLength: 20,
});

const createTable = useTables();

test('the index of the ledger finds exactly what a scan finds, in any period', async () => {
  const table = await createTable();
  let made = 0;
  const property = fc.asyncProperty(ledgers, times, times, async (entries, one, other) => {
    for (const { at, ids, outcome } of entries) {
      made += 1;
      const envelope = delivery('DOC_VERIFIED', ids, { deliveryId: `id-${made}`, receivedAt: iso(at) });
      const entry = { attempts: 1, processedAt: iso(at), keepDays: 36_500 };
      await writeLedger(table, { ...entry, bookId: bookIdOf(ids), envelope, outcome });
    }
    const period = { from: iso(Math.min(one, other)), to: iso(Math.max(one, other)) };
    for (const filter of [period, { ...period, outcome: 'applied' as const }]) {
      expect(await find(table, { ...filter, isIndexed: true })).toEqual(await find(table, filter));
    }
  });
  await fc.assert(property, { numRuns: 20 });
});
