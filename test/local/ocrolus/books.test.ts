import { afterEach, describe, expect, it } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { field, signIn } from './testing/client.ts';

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(options: Partial<SimulatorOptions> = {}) {
  simulator = await startSimulator(options);
  return signIn(simulator);
}

describe('book status', () => {
  it('finds a book by uuid, dashes or not, and by pk, in the v1 envelope', async () => {
    const api = await start();
    const { uuid, pk } = simulator.addBook({ documents: [{ mixed: 'all.pdf' }, {}] });
    const answer = await api.get(`/v1/book/status?book_uuid=${uuid}`);
    expect(answer.body).toMatchObject({
      status: 200,
      message: 'OK',
      response: { uuid, book_status: 'UPLOAD', docs: [{ status: 'QUEUED' }, { status: 'QUEUED' }] },
    });
    expect(field(answer.body, 'response', 'mixed_docs')).toHaveLength(1);
    expect(await api.get(`/v1/book/status?pk=${pk}`)).toEqual(answer);
    expect(await api.get(`/v1/book/status?book_uuid=${uuid.replaceAll('-', '').toUpperCase()}`)).toEqual(
      answer,
    );
  });

  it('writes pks beyond 2^53 with every digit', async () => {
    const api = await start();
    simulator.addBook({ pk: '9007199254740993' });
    expect((await api.get('/v1/book/status?pk=9007199254740993')).text).toContain('"pk":9007199254740993,');
    expect((await api.get('/v1/book/status?pk=9007199254740992')).status).toBe(400);
  });

  it('knows no parameter book_pk: 400/1103', async () => {
    const api = await start();
    const { pk } = simulator.addBook();
    const { status, body } = await api.get(`/v1/book/status?book_pk=${pk}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 1103, response: null, meta: { status: 400, code: 1103 } });
  });

  it('shows the reason of a rejection, a reopened book and a deleted one', async () => {
    const api = await start();
    const { uuid } = simulator.addBook({ documents: [{ rejection: 'DOCUMENT IS UNREADABLE' }] });
    const response = async () => field((await api.get(`/v1/book/status?book_uuid=${uuid}`)).body, 'response');
    await simulator.verifyBook(uuid);
    expect(await response()).toMatchObject({
      book_status: 'VERIFIED',
      docs: [{ status: 'REJECTED', rejection_reason: 'DOCUMENT IS UNREADABLE' }],
    });
    simulator.addDocument(uuid);
    expect(await response()).toMatchObject({ book_status: 'VERIFYING' });
    simulator.deleteBook(uuid);
    expect(await response()).toMatchObject({ book_status: 'DELETED' });
    expect((await api.get(`/v1/book/info?book_uuid=${uuid}`)).body).toMatchObject({ code: 1401 });
  });
});

describe('errors', () => {
  it('spell a missing book by family', async () => {
    const api = await start();
    const uuid = '00000000-0000-4000-8000-000000000000';
    const spelled = async (target: string) => {
      const { status, body } = await api.get(target);
      return [status, body];
    };
    expect(await spelled(`/v1/book/status?book_uuid=${uuid}`)).toMatchObject([
      400,
      { status: 400, code: 1401 },
    ]);
    expect(await spelled(`/v2/book/${uuid}/summary`)).toEqual([
      404,
      { status: 404, code: 1401, message: 'Book not found' },
    ]);
    expect(await spelled(`/v2/detect/book/${uuid}/signals`)).toEqual([404, { message: 'Book not found' }]);
    expect(await spelled(`/v2/book/${uuid}/income/summary`)).toEqual([404, { error: 'Book not found' }]);
    expect(await spelled('/v2/detect/book/1234/signals')).toEqual([
      400,
      { message: "Invalid book uuid: '1234'" },
    ]);
  });

  it('of v1 can come with HTTP 200; those of v2 keep their status', async () => {
    const api = await start({ envelopes: 'body' });
    const v1 = await api.get('/v1/book/status?pk=1');
    expect([v1.status, field(v1.body, 'status')]).toEqual([200, 400]);
    expect((await api.get('/v2/book/unknown/summary')).status).toBe(404);
  });

  it('answers a path that Ocrolus does not have with HTTP 200, and notes it', async () => {
    const api = await start();
    expect(await api.get('/v1/book/nonsense')).toMatchObject({
      status: 200,
      body: { status: 400, code: 404 },
    });
    expect((await api.send('POST', '/v1/book/status')).body).toEqual({ status: 400, code: 404 });
    expect(simulator.unknownPaths.map((call) => `${call.method} ${call.path}`)).toEqual([
      'GET /v1/book/nonsense',
      'POST /v1/book/status',
    ]);
  });

  it('refuses a book of another owner by family', async () => {
    const api = await start();
    const { uuid } = simulator.addBook({ forbidden: true });
    expect(await api.get(`/v1/book/status?book_uuid=${uuid}`)).toMatchObject({
      status: 400,
      body: { code: 2102 },
    });
    expect(await api.get(`/v2/book/${uuid}/enriched_txns`)).toMatchObject({
      status: 403,
      body: { code: 2102 },
    });
  });
});

describe('book list', () => {
  const pks = (books: unknown) => (Array.isArray(books) ? books.map((book) => field(book, 'pk')) : books);

  it('is a bare array without limit, newest first, and an object with limit', async () => {
    const api = await start();
    for (const pk of ['30', '4', '100']) simulator.addBook({ pk });
    const all = await api.get('/v1/books');
    expect(pks(field(all.body, 'response'))).toEqual([100, 30, 4]);
    expect(all.text).not.toContain('book_status');

    const page = await api.get('/v1/books?limit=2&offset=1&order=ASC&order_by=pk');
    expect(field(page.body, 'response')).toMatchObject({
      limit: 2,
      total_book_count: 3,
      _links: { next: null },
    });
    expect(pks(field(page.body, 'response', 'books'))).toEqual([30, 100]);
  });

  it('can be an array always', async () => {
    const api = await start({ listShape: 'array' });
    for (const name of ['Cedar', 'Birch', 'Alder']) simulator.addBook({ name });
    const { body } = await api.get('/v1/books?limit=2&order_by=name&order=ASC');
    expect(field(body, 'response')).toMatchObject([{ name: 'Alder' }, { name: 'Birch' }]);
    expect(field((await api.get('/v1/books?search=ced')).body, 'response')).toHaveLength(1);
    expect((await api.get('/v1/books?order_by=status')).body).toMatchObject({ code: 1003 });
  });

  it('creates a book, once per name', async () => {
    const api = await start();
    const created = await api.sendJson('POST', '/v1/book/add', { name: 'Ash & Elm' });
    expect(field(created.body, 'response')).toMatchObject({
      name: 'Ash & Elm',
      uuid: simulator.books[0]?.uuid,
    });
    expect((await api.sendJson('POST', '/v1/book/add', { name: 'Ash & Elm' })).body).toMatchObject({
      code: 1402,
    });
  });
});
