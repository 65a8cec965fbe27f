import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
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
});
