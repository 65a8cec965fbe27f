import { expect, it } from 'vitest';
import { poll } from '../../functions/poller/poll.ts';
import { createOcrolusClient, type OcrolusClient } from '../../shared/ocrolus/client.ts';
import { createLocalRateLimiter } from '../../shared/rate-limit/local.ts';
import { Circuits } from '../../shared/store/polling/circuits.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { virtualClock } from '../ocrolus/testing/virtual-clock.ts';
import { createBookList } from '../poller/testing/book-list.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { second } from '../store/testing/observations.ts';

/** As of a hundred thousand: so many come in three runs, those in a hundred and more. */
const UNKNOWN = 2100;
const PAGES_PER_RUN = 10;
const PER_SECOND = 5;
const REMAINING_MS = 300_000;

it('many unknown books are found run by run, at the pace of the poller', async () => {
  const clock = virtualClock(Date.parse(second(0)));
  const list = createBookList();
  list.add(UNKNOWN);
  const asked: { readonly at: number; readonly path: string }[] = [];
  const client = createOcrolusClient({
    apiUrl: 'https://api.example',
    tokens: { get: async () => 'token', discard: () => {} },
    limiter: createLocalRateLimiter({
      perSecond: PER_SECOND,
      heavyPerSecond: 1,
      now: clock.now,
      wait: clock.wait,
    }),
    ports: {
      now: clock.now,
      wait: clock.wait,
      random: () => 0.5,
      timeout: () => new AbortController().signal,
      async fetch(input) {
        const { pathname: path, searchParams } = new URL(String(input));
        asked.push({ at: clock.now(), path });
        const query = Object.fromEntries(searchParams);
        if (path === '/v1/books') {
          const { body } = await list.client.get({ operation: '', path, query, weight: 'light' }, 0);
          return new Response(new Uint8Array(body));
        }
        const response = { uuid: query.book_uuid, book_status: 'VERIFYING', docs: [] };
        return Response.json({ status: 200, response });
      },
    },
  });
  const table = await memoryTable();
  const { dependencies } = createPollerHarness(table, { POLL_DISCOVER: 'true' });
  const { times } = dependencies;
  const runs = {
    ...dependencies,
    ports: { ...dependencies.ports, now: clock.now },
    circuits: new Circuits(table, times, clock.now),
    accounts: { names: ['default'], client: () => client },
  };

  const found: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const [startedAt, before] = [clock.now(), asked.length];
    const { discovered, polled, failed } = await clock.run(poll(runs, `run-${run}`, REMAINING_MS));
    found.push(discovered);
    const calls = asked.slice(before);
    expect(calls.filter(({ path }) => path === '/v1/books').length).toBeLessThanOrEqual(PAGES_PER_RUN);
    // Whatever is found is polled in the same run, as far as time allows.
    expect([polled >= discovered, failed]).toEqual([true, 0]);
    expect(clock.now() - startedAt).toBeLessThan(REMAINING_MS);
    clock.advance(REMAINING_MS - (clock.now() - startedAt));
  }
  expect(found.reduce((sum, n) => sum + n, 0)).toBe(UNKNOWN);
  expect(found.slice(0, 3).every((n) => n > 0)).toBe(true);
  for (const [index, { at }] of asked.entries()) {
    const later = asked[index + PER_SECOND]?.at ?? Number.POSITIVE_INFINITY;
    expect(later - at).toBeGreaterThanOrEqual(999);
  }
}, 180_000);

/**
 * Forty-eight times what a run has time for, as 70,000 are of the 1,450 looks for which a run has time by default. All
 * of them stay at work, which makes the most looks that books can make: each some twenty in its first day.
 */
const LOOKS_PER_RUN = 30;
const AT_WORK = 48 * LOOKS_PER_RUN;
const RUNS = 60;

it('while they come in, no book that is due waits for more than six runs, and no run is without new ones', async () => {
  const harness = createPollerHarness(await memoryTable(), { POLL_DISCOVER: 'true' });
  const list = createBookList();
  list.add(AT_WORK);
  const get: OcrolusClient['get'] = (call, deadline) => {
    harness.clock.advance(1);
    return list.client.get(call, deadline);
  };
  const ask: OcrolusClient['ask'] = (call, deadline) => {
    harness.clock.advance(1);
    harness.ocrolus.says(call, bookStatus(String(call.query?.book_uuid), 'VERIFYING'));
    return harness.ocrolus.client.ask(call, deadline);
  };
  const dependencies = {
    ...harness.dependencies,
    accounts: { names: ['default'], client: () => ({ ...harness.ocrolus.client, get, ask }) },
  };

  const found: number[] = [];
  const lags: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = harness.clock.now();
    const { discovered, failed } = await poll(dependencies, `run-${run}`, (LOOKS_PER_RUN + 10) * 1000);
    expect(failed).toBe(0);
    found.push(discovered);
    lags.push((harness.measured.get('DueLag') ?? 0) * 1000);
    await harness.process();
    harness.clock.advance((REMAINING_MS - (harness.clock.now() - startedAt)) / 1000);
  }
  // By far not all of them: as many as there was time for.
  expect(Math.min(...found)).toBeGreaterThan(0);
  expect(found.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(2 * RUNS);
  expect(Math.max(...lags)).toBeLessThanOrEqual(6 * REMAINING_MS);
}, 180_000);
