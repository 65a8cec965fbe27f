import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import { listBooks } from '../../../shared/ocrolus/book-list.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';
import type { Table } from '../../../shared/store/table.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { type Answering, json } from './testing/fake-fetch.ts';
import { startProcess } from './testing/first-contact.ts';
import { DEADLINE, open } from './testing/open-client.ts';

describe('an Ocrolus that refuses more than 100 rows', () => {
  let simulator: Simulator;
  let table: Table;
  let bookUuid: string;
  beforeEach(async () => {
    seen = 0;
    table = await memoryTable();
    simulator = await startSimulator({ habits: { mostRows: 100 }, requestsPerSecond: 1e6 });
    bookUuid = simulator.addBook({ documents: [{}] }).uuid;
    while ((await simulator.step(bookUuid)?.announced) !== undefined);
  });
  afterEach(() => simulator.close());

  const ask = (client: OcrolusClient) =>
    client.ask(calls.enrichedTransactions(bookUuid), Date.now() + 10_000);

  /** The numbers of rows that were asked for since the last call. */
  let seen = 0;
  const asked = () => {
    const since = simulator.calls.slice(seen).filter(({ query }) => query.includes('limit='));
    seen = simulator.calls.length;
    return since.map(({ query, status }) => `${new URLSearchParams(query).get('limit')} ${status}`);
  };

  it('is asked for the largest half that it accepts, by all processes', async () => {
    expect(await ask(startProcess(simulator, { table }))).toMatchObject({
      kind: 'ok',
      answer: { limit: 62 },
    });
    expect(asked()).toEqual(['500 400', '50 200', '250 400', '125 400', '62 200']);
    expect(await ask(startProcess(simulator, { table }))).toMatchObject({
      kind: 'ok',
      answer: { limit: 62 },
    });
    expect(asked()).toEqual(['62 200']);
  });

  it('gives the list of books in one request, and each call has a number of its own', async () => {
    const client = startProcess(simulator, { table });
    await ask(client);
    asked();
    expect((await listBooks(client, 100, 0, Date.now() + 10_000)).limit).toBe(100);
    expect(asked()).toEqual(['100 200']);
    expect((await listBooks(client, 110, 0, Date.now() + 10_000)).limit).toBe(55);
    expect(asked()).toEqual(['110 400', '50 200', '55 200']);
  });
});

describe('a refusal', () => {
  const rows = (most: number, refusal: () => Response): Answering => {
    return ({ url }) => (Number(new URL(url).searchParams.get('limit')) > most ? refusal() : json(200, {}));
  };
  const limitsOf = ({ sent }: ReturnType<typeof open>) =>
    sent.map(({ url }) => Number(new URL(url).searchParams.get('limit')));
  const enriched = calls.enrichedTransactions('b');

  it.each([
    ['without a code', () => json(400, { message: 'limit is too large' })],
    ['with a code of parameters', () => json(400, { status: 400, code: 1003 })],
    ['with an unknown code', () => json(200, { status: 400, code: 1777 })],
  ])('%s, which fewer rows end, is about their number', async (_, refusal) => {
    const ocrolus = open(rows(250, refusal));
    expect(await ocrolus.client.ask(enriched, DEADLINE)).toMatchObject({
      kind: 'ok',
      answer: { limit: 250 },
    });
    expect(limitsOf(ocrolus)).toEqual([500, 50, 250]);
  });

  it('of 50 rows, too, is about the book, and costs one more call', async () => {
    const ocrolus = open(rows(0, () => json(400, { status: 400, code: 1103 })));
    expect(await ocrolus.client.ask(enriched, DEADLINE)).toMatchObject({ kind: 'rejected', code: '1103' });
    expect(limitsOf(ocrolus)).toEqual([500, 50]);
  });

  it.each([1307, 1401, 1404, 2102, 9002, 1100, 9001])(
    'with the code %i is about something else',
    async (code) => {
      const ocrolus = open(rows(0, () => json(400, { status: 400, code })));
      await ocrolus.client.ask(enriched, DEADLINE);
      expect(limitsOf(ocrolus)).toEqual([500]);
    },
  );

  it.each([403, 404])('by HTTP %i is not about rows', async (status) => {
    const ocrolus = open(rows(0, () => json(status, { message: 'Forbidden' })));
    await ocrolus.client.ask(enriched, DEADLINE);
    expect(limitsOf(ocrolus)).toEqual([500]);
  });

  it('of another kind in between decides nothing', async () => {
    const ocrolus = open(({ url }) => {
      const limit = Number(new URL(url).searchParams.get('limit'));
      if (limit === 250) return json(425, {});
      return limit > 100 ? json(400, {}) : json(200, {});
    });
    expect(await ocrolus.client.ask(enriched, DEADLINE)).toMatchObject({ kind: 'not-yet' });
    expect(limitsOf(ocrolus)).toEqual([500, 50, 250]);
  });

  it('of a call without rows is not repeated', async () => {
    const ocrolus = open(() => json(400, {}));
    await ocrolus.client.ask(calls.bookStatus({ bookUuid: 'b' }), DEADLINE);
    expect(ocrolus.sent).toHaveLength(1);
  });
});
