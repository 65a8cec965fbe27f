import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { post } from '../../../functions/probe/post.ts';

const PING = { headers: { 'webhook-request-id': 'r1' }, body: '{"ping":true}' };

let server: Server;
let status = 200;
let seen: { readonly host?: string; readonly id?: string | string[]; readonly body: string }[];

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { host = '', 'webhook-request-id': id = '' } = request.headers;
    seen.push({ host, id, body });
    response.writeHead(status).end('an answer');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

const port = () => (server.address() as AddressInfo).port;

test.each([200, 403, 500])('answers with the status %i', async (expected) => {
  status = expected;
  expect(await post(`http://127.0.0.1:${port()}/webhooks/default`, PING)).toBe(expected);
  expect(seen).toMatchObject([{ id: 'r1', body: PING.body }]);
});

test('connects to an address, and keeps the host name, which nothing resolves', async () => {
  const host = `webhooks.invalid:${port()}`;
  await post(`http://${host}/webhooks/default`, PING, '127.0.0.1');
  expect(seen).toMatchObject([{ host }]);
  await expect(post(`http://${host}/`, PING)).rejects.toThrow('webhooks.invalid');
});

test('fails where nothing listens, and where the certificate is not one', async () => {
  const here = port();
  await expect(post(`https://webhooks.invalid:${here}/`, PING, '127.0.0.1')).rejects.toThrow();
  server.close();
  await once(server, 'close');
  await expect(post(`http://127.0.0.1:${here}/`, PING)).rejects.toThrow('ECONNREFUSED');
});
