import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signDelivery } from '../../infra/local/ocrolus/index.ts';
import { sendCommand } from '../../infra/ops/commands/send.ts';
import { fakeTarget, runOps } from './fake-target.ts';
import { startHttpServer } from './http-server.ts';

const SECRET = 'example-webhook-secret-A1';
const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

let status = 200;
let server: Awaited<ReturnType<typeof startHttpServer>>;
beforeEach(async () => {
  status = 200;
  server = await startHttpServer(() => ({ status, body: '{"ok":true}' }));
});
afterEach(() => server.close());

async function post(words: readonly string[], flags: Readonly<Record<string, string | true>> = {}) {
  const target = fakeTarget({
    webhookUrl: (account) => `${server.url}/webhooks/${account}`,
    webhookSecret: async (account) => `${SECRET}-of-${account}`,
  });
  const output = await runOps(sendCommand, target, { words, flags });
  const request = server.received.at(-1);
  if (request === undefined) throw new Error('nothing was posted');
  return { output, ...request };
}

/** The signature that Ocrolus would have sent with this request. */
function signatureOf(request: Awaited<ReturnType<typeof post>>, secret: string): string {
  const { 'webhook-timestamp': timestamp, 'webhook-request-id': requestId } = request.headers;
  return signDelivery({
    secret,
    timestamp: String(timestamp),
    requestId: String(requestId),
    body: request.body,
  });
}

it('a delivery is posted and signed as Ocrolus does, for the account', async () => {
  const request = await post(['book.verified'], { book: BOOK, account: 'other' });
  expect(request).toMatchObject({ method: 'POST', path: '/webhooks/other' });
  expect(request.headers['content-type']).toBe('application/json');
  expect(request.headers['webhook-signature']).toBe(signatureOf(request, `${SECRET}-of-other`));
  expect(Math.abs(Number(request.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
});

it('the account is `default` by default, and the secret may be given', async () => {
  const request = await post(['book.verified'], { book: BOOK, secret: 'another-secret-of-16' });
  expect(request.path).toBe('/webhooks/default');
  expect(request.headers['webhook-signature']).toBe(signatureOf(request, 'another-secret-of-16'));
});

it('prints the delivery id by which it is found again', async () => {
  const { output, headers } = await post(['book.verified'], { book: BOOK });
  const deliveryId = headers['webhook-request-id'];
  expect(output).toEqual({
    document: { deliveryId, status: 200, body: '{"ok":true}' },
    text: `${String(deliveryId)}: 200`,
  });
});

describe('the body', () => {
  it.each([
    ['book.verified', { event_name: 'book.verified' }],
    ['BOOK.Verified', { event_name: 'book.verified' }],
    ['BOOK_VERIFIED', { event: 'BOOK_VERIFIED' }],
    ['book_verified', { event: 'BOOK_VERIFIED' }],
    ['book.of.tomorrow', { event_name: 'book.of.tomorrow' }],
  ])('of %s names it as Ocrolus does', async (event, named) => {
    expect(JSON.parse((await post([event], { unknown: true })).body.toString())).toEqual(named);
  });

  it('has the given ids', async () => {
    const { body } = await post(['DOC_VERIFIED'], { book: 'b', doc: 'd' });
    expect(JSON.parse(body.toString())).toEqual({
      event: 'DOC_VERIFIED',
      book_uuid: 'b',
      uploaded_doc_uuid: 'd',
    });
  });

  it('can be a file, whose bytes are sent unchanged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ops-send-'));
    const file = join(folder, 'body');
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7d, 0x0d, 0x0a]);
    await writeFile(file, bytes);
    const request = await post([], { body: file });
    await rm(folder, { recursive: true });
    expect(request.body).toEqual(bytes);
    expect(request.headers['webhook-signature']).toBe(signatureOf(request, `${SECRET}-of-default`));
  });
});

it.each([201, 202, 401, 503])('an answer of %i is a failure: only 200 counts', async (answered) => {
  status = answered;
  await expect(post(['book.verified'], { book: BOOK })).rejects.toThrow(`answered ${answered}`);
});

it('neither event nor body is wrong usage', async () => {
  await expect(post([])).rejects.toMatchObject({ name: 'UsageError' });
  expect(server.received).toEqual([]);
});

describe('against the catalog', () => {
  it.each([
    ['book.verifyed', {}, /no event book.verifyed \(Did you mean book.verified\?\); --unknown/],
    ['nothing.like.it', {}, /no event nothing.like.it; --unknown/],
    ['book.verified', {}, /is about a book: name its book with --book/],
    ['DOC_VERIFIED', { doc: BOOK }, /is about a document: name its book/],
    ['book.verified', { book: 'not an id' }, /--book is not an id of Ocrolus: not an id/],
    ['book.verified', { book: BOOK, doc: BOOK }, /leave out --doc/],
  ])('%s %j is a wrong call, and nothing is posted', async (event, flags, message) => {
    await expect(post([event], flags)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
    expect(server.received).toEqual([]);
    await expect(post([event], { ...flags, unknown: true })).resolves.toBeDefined();
  });

  it('an event about the account needs no book', async () => {
    await expect(post(['analytics.config_updated'])).resolves.toBeDefined();
  });
});
