import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveControl } from '../../../../infra/local/control.ts';
import { simulatorRoutes } from '../../../../infra/local/ocrolus/control/routes.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { listen, type RunningServer } from '../../../../infra/running-stacks/loopback-server.ts';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { identified } from '../../../shared/events/testing/fixtures.ts';
import { ask, field, signIn } from './testing/client.ts';
import { startReceiver } from './testing/receiver.ts';

let simulator: Simulator;
let server: RunningServer;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  receiver = await startReceiver(200);
  simulator = await startSimulator({ retryDelayMs: 10 });
  simulator.setWebhook({ url: receiver.url });
  const { fetch } = simulatorRoutes(simulator);
  server = await listen(createServer(getRequestListener(fetch, { overrideGlobalObjects: false })));
});
afterEach(async () => {
  await simulator.close();
  await server.stop();
  await receiver.close();
});

const send = (method: string, path: string, body?: object) =>
  ask(`${server.url}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

const newBook = async (body: object = {}) => String(field((await send('POST', '/books', body)).body, 'uuid'));

test('a book is made by number, with its rows spread over its statements', async () => {
  const made = await send('POST', '/books', { documents: 3, rows: 100, name: 'Three' });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'Three',
    status: 'UPLOAD',
    next: 'classify-book',
    documents: [{ rows: 34 }, { rows: 33 }, { rows: 33 }],
  });
  const second = await newBook();
  expect((await send('GET', '/books')).body).toMatchObject([{ uuid: second }, { name: 'Three' }]);
});

test('a book is made document by document', async () => {
  const documents = [
    { kind: 'form' },
    { transactions: 7 },
    {},
    { kind: 'pay-stub', rejection: 'UNREADABLE' },
  ];
  const made = await send('POST', '/books', { documents, rows: 9, bookClass: 'INSTANT' });
  expect(made.body).toMatchObject({
    documents: [{ kind: 'form' }, { rows: 7 }, { rows: 9 }, { kind: 'pay-stub' }],
  });
});

test('a book is advanced step by step, or until it is finished, and each step is announced', async () => {
  const book = await newBook();
  const step = await send('POST', `/books/${book}/advance`, { wait: true });
  expect(step.body).toMatchObject({ step: 'classify-book', book: { next: 'verify-document' } });
  const rest = await send('POST', `/books/${book.toUpperCase()}/advance`, { steps: 'all', wait: true });
  expect(rest.body).toMatchObject({ step: 'verify-document', book: { status: 'VERIFIED', next: null } });
  expect(field(rest.body, 'deliveries')).toContainEqual(
    expect.objectContaining({ eventName: 'BOOK_VERIFIED', outcome: 'delivered' }),
  );
  expect(receiver.received.map(({ body }) => field(JSON.parse(body), 'event'))).toContain('BOOK_VERIFIED');
  const over = await send('POST', `/books/${book}/advance`);
  expect(over.body).toMatchObject({ step: null, deliveries: [] });
});

test('any event of the catalog can be sent about any book', async () => {
  const book = await newBook({ documents: [{ imageGroup: 'both sides' }, { mixed: 'all.pdf' }] });
  expect((await send('GET', '/events')).body).toEqual(EVENT_NAMES);
  receiver.received.length = 0;
  for (const event of EVENT_NAMES) {
    const sent = await send('POST', `/books/${book}/events`, { event, wait: true });
    expect(sent.body, event).toMatchObject({ deliveries: [{ eventName: event, outcome: 'delivered' }] });
  }
  for (const [index, { body }] of receiver.received.entries()) {
    expect(identified(JSON.parse(body))).toMatchObject({ eventName: EVENT_NAMES[index] });
  }
  expect((await send('GET', `/books/${book}`)).body).toMatchObject({ next: 'classify-book' });
});

test('a fault is switched on and off', async () => {
  const [fault, status] = ['forbidden', 403];
  const target = `/v1/book/status?book_uuid=${await newBook()}`;
  const client = await signIn(simulator);
  const on = await send('PUT', `/faults/api/${fault}`, { path: '/v1/book' });
  expect(on.body).toEqual({ api: [{ fault, path: '/v1/book', left: null }], deliveries: {} });
  expect(await client.get(target)).toMatchObject({ status });
  expect((await send('GET', '/calls')).body).toContainEqual(expect.objectContaining({ status, fault }));
  expect((await send('DELETE', `/faults/api/${fault}`)).body).toEqual({ api: [], deliveries: {} });
  expect(await client.get(target)).toMatchObject({ status: 200 });
});

test('chances of lost and duplicated deliveries are set one by one, until all is cleared', async () => {
  const book = await newBook();
  await send('PUT', '/faults/deliveries', { drop: 1, duplicate: 1 });
  expect((await send('PUT', '/faults/deliveries', { drop: 0, maxDelayMs: 5 })).body).toMatchObject({
    deliveries: { drop: 0, duplicate: 1, maxDelayMs: 5 },
  });
  await send('POST', `/books/${book}/events`, { event: 'book_verified', wait: true });
  await simulator.deliveries.idle();
  const delivered = { outcome: 'delivered', attempts: [{ status: 200 }] };
  expect((await send('GET', '/deliveries')).body).toMatchObject([delivered, delivered]);
  expect((await send('DELETE', '/faults')).body).toEqual({ api: [], deliveries: {} });
});

test.each([
  { method: 'POST', path: '/books', body: { documents: -1 }, status: 400, problem: 'documents' },
  { method: 'POST', path: '/books', body: { pages: 1 }, status: 400, problem: 'pages' },
  {
    method: 'POST',
    path: '/books/00000000-0000-4000-8000-000000000000/advance',
    body: {},
    status: 404,
    problem: 'no book',
  },
  { method: 'PUT', path: '/faults/api/earthquake', body: {}, status: 404, problem: 'rate-limited' },
  { method: 'PUT', path: '/faults/deliveries', body: { drop: 2 }, status: 400, problem: 'drop' },
  { method: 'GET', path: '/nothing', body: undefined, status: 404, problem: 'there is no GET /nothing' },
] as const)(
  '$method $path $body is refused with what is wrong',
  async ({ method, path, body, status, problem }) => {
    const refused = await send(method, path, body);
    expect(refused.status).toBe(status);
    expect(field(refused.body, 'error')).toContain(problem);
  },
);

test('an address that the control of the stack does not have is 404 with a message', async () => {
  const control = await serveControl('token', () => ({ stack: {} as never, simulator }));
  const headers = { authorization: 'Bearer token' };
  for (const path of ['/nothing', '/ocrolus/nothing', '/ocrolus/books/nothing']) {
    const { status, body } = await ask(`${control.url}${path}`, { headers });
    expect(status, path).toBe(404);
    expect(field(body, 'error'), path).toMatch(/^(there is no GET \/|the simulated Ocrolus has no book )/);
  }
  await control.stop();
});

test('the control of a stack that is not ready asks for its token, and has nothing yet', async () => {
  const control = await serveControl('token', () => ({}));
  expect((await ask(control.url)).status).toBe(401);
  expect((await ask(`${control.url}/secrets`, { headers: { authorization: 'Bearer token' } })).status).toBe(
    503,
  );
  await control.stop();
});

test('events of an organization’s webhooks are ticked, all that it offers or those that are named', async () => {
  const api = await signIn(simulator);
  const settings = '/v1/account/settings';
  const webhook = { url: receiver.url };
  const added = await api.sendJson('POST', `${settings}/webhook`, {
    webhook,
    event_names: ['book.verified'],
  });
  const uuid = field(added.body, 'response', 'uuid');
  const active = async () => {
    const events = field((await api.get(`${settings}/webhook/${uuid}/events`)).body, 'response', 'events');
    return Array.isArray(events) ? events.filter((event) => field(event, 'is_active')) : [];
  };
  expect((await send('POST', '/webhooks/tick')).body).toEqual({ webhooks: [receiver.url] });
  expect((await active()).length).toBeGreaterThan(20);
  await send('POST', '/webhooks/tick', { events: ['book.completed'] });
  expect(await active()).toMatchObject([{ name: 'book.completed' }]);
  expect((await send('POST', '/webhooks/tick', { events: ['book.eaten'] })).status).toBe(400);
});
