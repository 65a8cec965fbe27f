import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { SimulatorOptions } from '../../../../infra/local/ocrolus/options.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { ask, field, signIn, unknownPaths } from './testing/client.ts';
import { truthOf } from './testing/truth.ts';

let now: number;
let simulator: Simulator;
let api: Awaited<ReturnType<typeof signIn>>;

async function start(options: Partial<SimulatorOptions> = {}) {
  await simulator?.close();
  const limits = { requestsPerSecond: 1e6, heavyRequestsPerSecond: 1e6 };
  simulator = await startSimulator({ now: () => now, ...limits, jobMs: 50, ...options });
  api = await signIn(simulator);
}
beforeEach(() => {
  now = Date.UTC(2026, 0, 5);
  return start();
});
afterEach(() => simulator.close());

const codeOf = async (target: string) => {
  const { status, body } = await api.get(target);
  return [status, field(body, 'code')];
};
const responseTo = async (target: string, ...path: (string | number)[]) =>
  field((await api.get(target)).body, 'response', ...path);

type Documents = NonNullable<Parameters<Simulator['addBook']>[0]>['documents'];

/** A book that has been captured, and is ready for analytics. */
async function verifiedBook(documents: Documents = [{}]) {
  const book = simulator.addBook({ documents });
  await simulator.change({ do: 'verify-book', book: book.uuid });
  const [document] = book.documents;
  if (document === undefined) throw new Error('no document');
  return { ...book, book, document };
}

test('the truth is every answer byte for byte, before and after each step', async () => {
  const documents = [{ mixed: 'all.pdf' }, { kind: 'form' }, { kind: 'pay-stub', detect: 'unable' }] as const;
  const { uuid } = simulator.addBook({ documents });
  simulator.change({ do: 'request-analytics', book: uuid, id: randomUUID() });
  simulator.change({ do: 'start-business', book: uuid, id: randomUUID() });
  do {
    for (const { target, status, body } of truthOf(simulator, uuid).results)
      expect(await api.get(target), target).toMatchObject({ status, bytes: body });
  } while ((await simulator.step(uuid)?.announced) !== undefined);
  expect(unknownPaths(simulator)).toEqual([]);
});

describe('a file', () => {
  it('is the image that the signals name', async () => {
    const { uuid, document } = await verifiedBook([{ detect: 'found' }]);
    while ((await simulator.step(uuid)?.announced) !== undefined);
    const { body } = await api.get(`/v2/detect/book/${uuid}/signals`);
    const image = JSON.stringify(body).match(/https:[^"]+(\/v2\/detect\/visualization\/[^"]+)/)?.[1] ?? '';
    const { bytes, contentType } = await api.get(image);
    expect(bytes.toString('latin1')).toMatch(new RegExp(`^GIF89a.*${document.uuid}.*;$`, 's'));
    expect(contentType).toBe('image/gif');
  });

  it('that is cut off breaks the connection, because its length says so', async () => {
    const { document } = await verifiedBook([{}]);
    simulator.faults.add({ fault: 'truncated', path: '/v2/document/download' });
    await expect(api.get(`/v2/document/download?doc_uuid=${document.uuid}`)).rejects.toThrow();
  });
});

describe('errors', () => {
  it('are spelled by family', async () => {
    const uuid = '00000000-0000-4000-8000-000000000000';
    const forbidden = simulator.addBook({ forbidden: true }).uuid;
    const spelled = async (target: string) => {
      const { status, body } = await api.get(target);
      return [status, body];
    };
    for (const [book, code] of [[uuid, 1401] as const, [forbidden, 2102] as const]) {
      expect(await codeOf(`/v1/book/status?book_uuid=${book}`)).toEqual([400, code]);
      expect(await codeOf(`/v2/book/${book}/enriched_txns`)).toEqual([code === 1401 ? 404 : 403, code]);
    }
    expect(await spelled(`/v2/book/${uuid}/summary`)).toEqual([
      404,
      { status: 404, code: 1401, message: 'Book not found' },
    ]);
    expect(await spelled(`/v2/detect/book/${uuid}/signals`)).toEqual([404, { message: 'Book not found' }]);
    expect(await spelled(`/v2/book/${uuid}/income/summary`)).toEqual([404, { error: 'Book not found' }]);
    expect((await api.get('/v1/book/status?book_pk=1')).body).toMatchObject({
      code: 1401,
      response: null,
      meta: { status: 400, code: 1401 },
    });
    expect(await codeOf('/v1/book/status')).toEqual([400, 1103]);
  });

  it('a path that Ocrolus does not have is answered with HTTP 200, and noted', async () => {
    expect(await api.get('/v1/book/nonsense')).toMatchObject({
      status: 200,
      body: { status: 400, code: 404 },
    });
    expect((await api.send('POST', '/v1/book/status')).body).toEqual({ status: 400, code: 404 });
    expect(unknownPaths(simulator).map((call) => `${call.method} ${call.path}`)).toEqual([
      'GET /v1/book/nonsense',
      'POST /v1/book/status',
    ]);
  });
});

describe('book list', () => {
  const pks = (books: unknown) => (Array.isArray(books) ? books.map((book) => field(book, 'pk')) : books);

  it('is a bare array without limit, newest first, and an object with limit; forbidden books are not in it', async () => {
    for (const pk of ['30', '4', '100']) simulator.addBook({ pk, xid: `loan ${pk}` });
    simulator.addBook({ forbidden: true });
    const all = await api.get('/v1/books');
    expect(pks(field(all.body, 'response'))).toEqual([100, 30, 4]);
    expect(all.text).not.toContain('book_status');
    const page = await responseTo('/v1/books?limit=2&offset=1&order=ASC&order_by=pk');
    expect(page).toMatchObject({
      limit: 2,
      total_book_count: 3,
      books: [{ pk: 30, xid: 'loan 30' }, { pk: 100 }],
    });
  });
});

describe('capture', () => {
  const FORMS = '/v1/document/forms/fields';

  it('is 400/1404 while the document is pending, 400/1511 while its mixed parent is', async () => {
    const { uuid, documents } = simulator.addBook({ documents: [{}, { mixed: 'all.pdf' }] });
    const [single, split] = documents;
    expect(await codeOf(`${FORMS}?doc_uuid=${single?.uuid}`)).toEqual([400, 1404]);
    expect(await codeOf(`/v1/transaction?book_uuid=${uuid}`)).toEqual([400, 1404]);
    expect(await codeOf(`${FORMS}?doc_uuid=${split?.docUuid}`)).toEqual([400, 1511]);
    expect(await codeOf(`${FORMS}?doc_uuid=unknown`)).toEqual([400, 1501]);
    expect(await codeOf(FORMS)).toEqual([400, 1103]);
  });
});

describe('analytics', () => {
  it('of v2 become a job with async=true, whose URL needs no token', async () => {
    const { uuid } = await verifiedBook();
    await simulator.change({ do: 'complete-analytics', book: uuid });
    const started = await api.get(`/v2/book/${uuid}/summary?async=true`);
    expect(started.status).toBe(202);
    const job = `/v2/analytics/jobs/${field(started.body, 'job_id')}`;
    expect(await api.get(job)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    now += 50;
    const done = await api.get(job);
    const url = String(field(done.body, 'result_url'));
    expect(done).toMatchObject({ status: 200, body: { status: 'DONE' } });
    expect((await ask(url)).text).toBe(truthOf(simulator, uuid).body('summary').toString());
    expect((await ask(url, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
    expect((await ask(url.replace(/\?.*/, ''))).status).toBe(403);
    now += 86_400_000;
    api = await signIn(simulator);
    expect((await api.get(job)).status).toBe(404);
  });

  it.each([
    [100_001, 202, 'DONE'],
    [1_000_001, 202, 'FAILED'],
  ])('of %i transactions are a job only: 422/1100', async (transactions, status, end) => {
    const { uuid } = await verifiedBook([{ transactions }]);
    await simulator.change({ do: 'complete-analytics', book: uuid });
    expect(await codeOf(`/v2/book/${uuid}/summary`)).toEqual([422, 1100]);
    const started = await api.get(`/v2/book/${uuid}/summary?async=true`);
    expect(started.status).toBe(status);
    now += 50;
    const job = await api.get(`/v2/analytics/jobs/${field(started.body, 'job_id')}`);
    expect(field(job.body, 'status')).toBe(end);
  });
});
