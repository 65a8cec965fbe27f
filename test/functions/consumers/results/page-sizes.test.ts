import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { isLast } from '../../../../shared/reconcile/results/enriched-page.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { startAccounts } from '../../../shared/ocrolus/testing/first-contact.ts';
import { memoryBodies } from '../../../shared/store/testing/bodies.ts';
import { createClock } from '../../../shared/store/testing/clock.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

const ROWS = 1_300;

let simulator: Simulator;
afterEach(() => simulator.close());

/** A consumer whose Ocrolus has a book of many rows, and changes how many rows it gives before some of its answers. */
async function start(mostRows: number, changes: Readonly<Record<number, number>> = {}) {
  const rate = { requestsPerSecond: 1e6, heavyRequestsPerSecond: 1e6 };
  simulator = await startSimulator({ ...rate, habits: { mostRows } });
  const { uuid } = simulator.addBook({ documents: [{ transactions: ROWS }] });
  while ((await simulator.step(uuid)?.announced) !== undefined);
  const table = await memoryTable();
  const clock = createClock();
  const bodies = memoryBodies();
  let pages = 0;
  const send: typeof fetch = (input, init) => {
    clock.advance(0.001);
    if (String(input).includes('enriched')) pages += 1;
    const most = changes[pages];
    if (most !== undefined) Object.assign(simulator.model.registry.account('own').habits, { mostRows: most });
    return fetch(input, init);
  };
  const newProcess = () =>
    createHarness(table, {
      clock,
      bodies,
      accounts: startAccounts(simulator, { table, now: clock.now, send }),
    });
  const harness = newProcess();
  const event = () => {
    clock.advance(60);
    return delivery('book.analytics_v2.generated', { bookUuid: uuid }, { receivedAt: clock.iso() });
  };
  return {
    deliver: (to: Pick<Harness, 'dependencies'> = harness) => receive(to, [event()], { attempts: 3 }),
    newProcess,
    /** Number of rows in each page that a reader gets. */
    async storedPages(): Promise<number[] | undefined> {
      const bodies = await harness.reader.resultPages(uuid, 'enriched-transactions');
      const pages = bodies?.map((body) => JSON.parse(String(body)).enriched_transactions);
      const pks = new Set(pages?.flat().map(({ txn_pk }: { txn_pk: number }) => txn_pk));
      if (pages !== undefined) expect(pks.size).toBe(ROWS);
      return pages?.map(({ length }) => length);
    },
    asked: () =>
      simulator.calls
        .filter(({ path }) => path.includes('enriched'))
        .map(({ query }) => new URLSearchParams(query).get('limit')),
  };
}

test('pages of the number of rows that Ocrolus accepts are a set, also in another process', async () => {
  const { deliver, newProcess, storedPages, asked } = await start(250);
  for (const harness of [newProcess(), newProcess()]) {
    expect(await deliver(harness)).toEqual([]);
    expect(await storedPages()).toEqual([250, 250, 250, 250, 250, 50]);
  }
  expect(asked().filter((limit) => limit !== '250')).toEqual(['500', '50']);
});

test('a number that is no longer accepted in the middle of a set restarts it with fewer rows', async () => {
  // The second page is the first that is refused.
  const { deliver, storedPages } = await start(500, { 2: 300 });
  expect(await deliver()).toEqual([]);
  expect(await storedPages()).toEqual([250, 250, 250, 250, 250, 50]);
});

test('a page with as many rows as were asked for is not the last one', () => {
  const page = { total: 62, limit: undefined, offset: 0, enriched_transactions: { length: 62 } };
  expect(isLast(page, 0, 62)).toBe(false);
  expect(isLast(page, 0, 125)).toBe(true);
});
