import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { PING_BODY } from '../../../../infra/local/ocrolus/webhooks/post.ts';
import { deliver, field, signIn } from './testing/client.ts';
import { startReceiver } from './testing/receiver.ts';

const SETTINGS = '/v1/account/settings';
const SECRET = 'sixteen-or-more-characters';

let simulator: Simulator;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let api: Awaited<ReturnType<typeof signIn>>;

beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ requestsPerSecond: 1e6, retryDelayMs: 1 });
  api = await signIn(simulator);
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

describe('account-level registration', () => {
  const configure = (url: string, ...events: string[]) => {
    const form = new FormData();
    form.set('webhook_endpoint', url);
    for (const event of events) form.append('event', event);
    return api.send('POST', `${SETTINGS}/update/webhook_endpoint`, form);
  };
  const details = async () => field((await api.get(`${SETTINGS}/webhook_details`)).body, 'response');

  it('takes multipart, replaces the old events, and leaves unknown ones out silently', async () => {
    const events = [
      'BOOK_VERIFIED,DOC_VERIFIED',
      'network.book.created (BETA)',
      'network.book.funded',
      'no.such.event',
      'MIDDESK_VERIFIED',
    ];
    const { body } = await configure(receiver.url, ...events);
    expect(field(body, 'response')).toEqual({
      webhook_endpoint: receiver.url,
      events: ['BOOK_VERIFIED', 'DOC_VERIFIED', 'network.book.created (BETA)'],
    });
    await configure(receiver.url, 'BOOK_VERIFIED');
    expect(await details()).toEqual({ webhook_endpoint: receiver.url, events: ['BOOK_VERIFIED'] });
    expect(await deliver(simulator, 'DOC_VERIFIED', {})).toMatchObject({ outcome: 'unsubscribed' });
    expect(await deliver(simulator, 'BOOK_VERIFIED', {})).toMatchObject({ outcome: 'delivered' });
    expect((await configure('nonsense', 'BOOK_VERIFIED')).body).toMatchObject({ code: 1806 });
    await configure(receiver.url);
    expect(await details()).toEqual({ webhook_endpoint: null, events: [] });
  });

  it('tests with the ping; only a success has resp_code', async () => {
    const test = () => api.get(`${SETTINGS}/test_webhook_endpoint`);
    expect((await test()).status).toBe(400);
    await configure(receiver.url, 'BOOK_VERIFIED');
    expect(field((await test()).body, 'response')).toMatchObject({ resp_code: 200 });
    expect(receiver.received[0]?.body).toBe(PING_BODY);
    await configure('http://127.0.0.1:1/', 'BOOK_VERIFIED');
    const failed = await test();
    expect(failed.status).toBe(200);
    expect(field(failed.body, 'response')).toEqual({
      message: expect.stringMatching(/^Error: Failed to invoke/),
    });
  });

  it('sets and rotates the secret, of 16 to 128 characters', async () => {
    const rotate = (secret_key: string) =>
      api.sendJson('POST', `${SETTINGS}/webhook/rotate-secret`, { secret_key });
    expect(await rotate(SECRET)).toMatchObject({ status: 404, body: { error: 'Webhook not found' } });
    await configure(receiver.url, 'BOOK_VERIFIED');
    expect((await rotate('too-short')).status).toBe(400);
    expect((await rotate(SECRET)).body).toMatchObject({ status: 'success' });
    await deliver(simulator, 'BOOK_VERIFIED', {});
    expect(receiver.received[0]?.headers['webhook-signature']).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('organization-level registration', () => {
  const add = (url: string, ...event_names: string[]) =>
    api.sendJson('POST', `${SETTINGS}/webhook`, { webhook: { url, description: 'landing' }, event_names });

  it('adds, shows, updates and deletes, with strings for status', async () => {
    const added = await add(receiver.url, 'book.verified');
    expect(added.body).toMatchObject({ status: '200', message: 'OK' });
    const webhook = `${SETTINGS}/webhook/${field(added.body, 'response', 'uuid')}`;
    expect(field((await api.get(webhook)).body, 'response')).toMatchObject({
      url: receiver.url,
      is_active: true,
    });
    expect(await deliver(simulator, 'book.verified', {})).toMatchObject({ outcome: 'delivered' });

    await api.sendJson('POST', `${webhook}/update`, { event_names: ['book.completed'] });
    expect(await deliver(simulator, 'book.verified', {})).toMatchObject({ outcome: 'unsubscribed' });

    await api.send('DELETE', `${webhook}/delete`);
    expect(field((await api.get(`${SETTINGS}/webhooks`)).body, 'response', 'webhooks')).toEqual([]);
    expect((await api.get(webhook)).body).toMatchObject({ status: '400', code: '1000' });
  });

  it('refuses unknown events, a URL twice and a sixth webhook', async () => {
    expect((await add(receiver.url, 'no.such.event')).body).toMatchObject({ code: '1000' });
    expect((await add(receiver.url)).status).toBe(400);
    expect((await add(receiver.url, 'network.book.created (BETA)')).body).toMatchObject({ code: '1000' });
    for (let index = 0; index < 5; index += 1) await add(`${receiver.url}/${index}`, 'book.verified');
    expect((await add(`${receiver.url}/0`, 'book.verified')).status).toBe(400);
    expect((await add(`${receiver.url}/6`, 'book.verified')).status).toBe(400);
    await deliver(simulator, 'book.verified', {});
    await simulator.deliveries.idle();
    expect(receiver.received).toHaveLength(5);
  });

  it('tests one event by its uuid and rotates the secret', async () => {
    const added = await add(receiver.url, 'book.verified');
    const webhook = `${SETTINGS}/webhook/${field(added.body, 'response', 'uuid')}`;
    const events = field((await api.get(`${webhook}/events`)).body, 'response', 'events');
    const event = Array.isArray(events) ? events.find((known) => field(known, 'is_active')) : undefined;
    await api.sendJson('POST', `${webhook}/rotate-secret`, { secret_key: SECRET });
    const tested = await api.sendJson('POST', `${webhook}/test`, { event_uuid: field(event, 'uuid') });
    expect(field(tested.body, 'response')).toEqual({ uuid: expect.any(String) });
    expect(receiver.received[0]?.body).toContain('"event_name":"book.verified"');
    expect(receiver.received[0]?.headers['webhook-signature']).toBeDefined();
  });

  it('may need the Dashboard for its events, and a manager for every call', async () => {
    await simulator.close();
    simulator = await startSimulator({ requestsPerSecond: 1e6, organization: 'waits-for-dashboard' });
    api = await signIn(simulator);
    const webhook = `${SETTINGS}/webhook/${field((await add(receiver.url, 'book.verified')).body, 'response', 'uuid')}`;
    const events = async () => field((await api.get(`${webhook}/events`)).body, 'response', 'events');
    await api.sendJson('POST', `${webhook}/update`, { event_names: ['book.verified'] });
    expect(await events()).toEqual([]);
    expect(simulator.tickEvents(['book.completed'])).toEqual([receiver.url]);
    expect(await events()).toMatchObject([{ name: 'book.completed', is_active: true }]);
    expect(await deliver(simulator, 'book.completed', {})).toMatchObject({ outcome: 'delivered' });

    await simulator.close();
    simulator = await startSimulator({ requestsPerSecond: 1e6, organization: 'not-permitted' });
    api = await signIn(simulator);
    for (const { body } of [await add(receiver.url, 'book.verified'), await api.get(`${SETTINGS}/webhooks`)])
      expect(body).toMatchObject({ status: '400', code: '1316' });
  });
});
