import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signDelivery } from '../../../infra/local/ocrolus/webhooks/post.ts';
import { useFolder } from '../../testing/folder.ts';
import { fakeTarget, ops } from './fake-target.ts';
import { startHttpServer } from './http-server.ts';

const SECRET = 'example-webhook-secret-A1';
const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

const folder = useFolder();
let status = 200;
let server: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  server = await startHttpServer(() => ({ status, body: '{"ok":true}' }));
});
afterAll(() => server.close());
beforeEach(() => {
  status = 200;
  server.received.length = 0;
});

async function post(call: string) {
  const target = fakeTarget({
    webhookUrl: (account) => `${server.url}/webhooks/${account}`,
    webhookSecret: async (account) => `${SECRET}-of-${account}`,
  });
  const output = await ops(target, `send ${call}`);
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

it('a delivery is posted and signed as Ocrolus does, and its id is printed', async () => {
  const request = await post(`book.verified --book ${BOOK}`);
  const { method, path, headers, output } = request;
  expect({ method, path }).toEqual({ method: 'POST', path: '/webhooks/default' });
  expect(headers['content-type']).toBe('application/json');
  expect(headers['webhook-signature']).toBe(signatureOf(request, `${SECRET}-of-default`));
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
  const deliveryId = String(headers['webhook-request-id']);
  expect(output).toEqual({
    document: { deliveryId, status: 200, body: '{"ok":true}' },
    text: `${deliveryId}: 200`,
    plans: [`post a signed delivery of book.verified to ${server.url}/webhooks/default`],
  });
});

it('the account and the secret may be given', async () => {
  const request = await post(`book.verified --book ${BOOK} --account other`);
  expect(request.path).toBe('/webhooks/other');
  expect(request.headers['webhook-signature']).toBe(signatureOf(request, `${SECRET}-of-other`));
  const other = await post(`book.verified --book ${BOOK} --secret another-secret-of-16`);
  expect(other.headers['webhook-signature']).toBe(signatureOf(other, 'another-secret-of-16'));
});

describe('the body', () => {
  it.each([
    ['book.verified --unknown', { event_name: 'book.verified' }],
    ['BOOK.Verified --unknown', { event_name: 'book.verified' }],
    ['BOOK_VERIFIED --unknown', { event: 'BOOK_VERIFIED' }],
    ['book_verified --unknown', { event: 'BOOK_VERIFIED' }],
    ['book.of.tomorrow --unknown', { event_name: 'book.of.tomorrow' }],
    ['DOC_VERIFIED --book b --doc d', { event: 'DOC_VERIFIED', book_uuid: 'b', uploaded_doc_uuid: 'd' }],
    // An event about the account needs no book.
    ['analytics.config_updated', { event_name: 'analytics.config_updated' }],
  ])('of %s names it as Ocrolus does', async (call, body) => {
    expect(JSON.parse((await post(call)).body.toString())).toEqual(body);
  });

  it('can be a file, whose bytes are sent unchanged', async () => {
    const file = join(folder(), 'body');
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7d, 0x0d, 0x0a]);
    await writeFile(file, bytes);
    const request = await post(`--body ${file}`);
    expect(request.body).toEqual(bytes);
    expect(request.headers['webhook-signature']).toBe(signatureOf(request, `${SECRET}-of-default`));
  });
});

it.each([201, 202, 401, 503])('an answer of %i is a failure: only 200 counts', async (answered) => {
  status = answered;
  await expect(post(`book.verified --book ${BOOK}`)).rejects.toThrow(`answered ${answered}`);
});

it.each([
  ['book.verifyed', /no event book.verifyed \(Did you mean book.verified\?\); --unknown/],
  ['nothing.like.it', /no event nothing.like.it; --unknown/],
  ['book.verified', /is about a book: name its book with --book/],
  [`DOC_VERIFIED --doc ${BOOK}`, /is about a document: name its book/],
  ['book.verified --book äöü', /--book is not an id of Ocrolus: äöü/],
  [`book.verified --book ${BOOK} --doc ${BOOK}`, /leave out --doc/],
])('%s does not fit the catalog: a wrong call, and nothing is posted', async (call, message) => {
  await expect(post(call)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message),
  });
  expect(server.received).toEqual([]);
  await expect(post(`${call} --unknown`)).resolves.toBeDefined();
});

it('neither event nor body is wrong usage', async () => {
  await expect(post('')).rejects.toMatchObject({ name: 'UsageError' });
  expect(server.received).toEqual([]);
});
