import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LedgerFilter, readLedger } from '../../../../infra/ops/ledger/read-ledger.ts';
import { bookIdOf, type EventIds } from '../../../../shared/events/ids.ts';
import { writeLedger } from '../../../../shared/store/ledger.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { useTables } from '../../../shared/store/testing/table.ts';
import { ops } from '../fake-target.ts';
import { useStack } from '../testing/stack.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T08:00:00.000Z');
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

describe('a stage that was upgraded to a version with the index', () => {
  const stack = useStack('doc-verified');
  const upgradedAt = iso(START);
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START + HOUR }));
  afterEach(() => void vi.useRealTimers());
  const target = () => ({ ...stack.target, ledgerIndexedSince: async () => upgradedAt });
  /** An entry of the version before it, and one of this version. */
  const twoEntries = async () => {
    const past = (deliveryId: string, bookUuid: string, at: number) =>
      stack.past(delivery('DOC_VERIFIED', { bookUuid }, { deliveryId, receivedAt: iso(at), payload }));
    const payload = { encoding: 'utf8', body: '{"event":"DOC_VERIFIED","book_uuid":"b"}' } as const;
    await past('old', 'c', START - 1);
    for (const shard of ['0', '1', '2', '3'])
      await stack.table.delete({ bookId: `ledger#2026-03-02T07#${shard}`, item: 'c' });
    await past('new', 'b', START);
  };
  const list = async (options: string) => {
    const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { document } = await ops<{ deliveryId: string }[]>(target(), `deliveries ${options}`);
    const notes = stderr.mock.calls.flat();
    stderr.mockRestore();
    return { ids: document.map(({ deliveryId }) => deliveryId), notes };
  };

  test('entries from before the upgrade are found by a scan only, and the command says so', async () => {
    await twoEntries();
    expect(await list(`--since ${upgradedAt}`)).toEqual({ ids: ['new'], notes: [] });
    expect(await list('--since 2026-03-01')).toEqual({
      ids: ['new'],
      notes: [`deliveries before ${upgradedAt} are not in the index, and left out; --scan finds them`],
    });
    expect(await list('--since 2026-03-01 --scan')).toEqual({ ids: ['new', 'old'], notes: [] });
    expect(await list('--since 2026-03-01 --book c')).toEqual({ ids: ['old'], notes: [] });
  });

  test('replay does not leave them out: it refuses, and says what to do', async () => {
    await twoEntries();
    const replay = (options: string) => ops(target(), `replay --dry-run ${options}`);
    const refusal = `deliveries before ${upgradedAt} are found by a scan only: use --scan, or --from ${upgradedAt}`;
    await expect(replay('--from 2026-03-01')).rejects.toThrow(refusal);
    await expect(replay('--delivery old')).rejects.toThrow(refusal);
    const examined = async (options: string) => (await replay(options)).document;
    expect(await examined(`--from ${upgradedAt}`)).toMatchObject({ examined: 1 });
    expect(await examined('--from 2026-03-01 --scan')).toMatchObject({ examined: 2 });
    expect(await examined('--from 2026-03-01 --table another')).toMatchObject({ examined: 2 });
    expect(await examined('--from 2026-03-01 --book c')).toMatchObject({ examined: 1 });
  });

  test('a single delivery is found through the index if the index has the period', async () => {
    await twoEntries();
    const find = async (options: string) =>
      (await ops<{ bookId: string }>(target(), `delivery ${options}`)).document.bookId;
    expect(await find(`new --since ${upgradedAt}`)).toBe('b');
    expect(await find('old --since 2026-03-01')).toBe('c');
    await expect(find(`old --since ${upgradedAt}`)).rejects.toThrow('no delivery old');
  });
});

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
