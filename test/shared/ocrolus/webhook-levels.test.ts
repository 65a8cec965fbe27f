import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../../infra/local/ocrolus/simulator.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';
import { eventsOfLevel, MAY_BE_DROPPED } from '../../../shared/ocrolus/webhooks/event-names.ts';
import { ENCODINGS, type Encoding, type Level } from '../../../shared/ocrolus/webhooks/level.ts';
import { openLevel } from '../../../shared/ocrolus/webhooks/open-level.ts';
import { startWithClient } from './testing/first-contact.ts';

const URL_OF_WEBHOOK = 'https://hooks.example.com/webhooks/default';

let simulator: Simulator;
/** Bodies of the changes that were sent, and how they were encoded. */
let sent: { readonly contentType: string; readonly body: string }[];
let client: OcrolusClient;
beforeEach(async () => {
  sent = [];
  ({ simulator, client } = await startWithClient(async (input, init) => {
    const request = new Request(input, init);
    const contentType = request.headers.get('content-type') ?? '';
    const isChange = request.method === 'POST' && !request.url.endsWith('/oauth/token');
    if (isChange) sent.push({ contentType, body: await request.clone().text() });
    return fetch(request);
  }));
  simulator.setWebhook({});
});
afterEach(() => simulator.close());

const open = (level: Level, encoding: Encoding) => openLevel(level, client, encoding, Date.now() + 30_000);

describe.each(ENCODINGS)('an account is registered with %s', (encoding) => {
  const offered = eventsOfLevel('account').filter((name) => !MAY_BE_DROPPED.includes(name));

  it('for every event that Ocrolus offers, in its spelling, and removed', async () => {
    const webhooks = open('account', encoding);
    const wanted = { url: URL_OF_WEBHOOK, events: eventsOfLevel('account'), isActive: true };
    const registered = await webhooks.put(wanted, undefined);
    expect(registered.url).toBe(URL_OF_WEBHOOK);
    expect([...registered.events].sort()).toEqual([...offered].sort());
    expect(await webhooks.list()).toEqual([registered]);

    await webhooks.remove(registered);
    expect(await webhooks.list()).toEqual([]);
  });

  it('and the request says so', async () => {
    const events = ['BOOK_VERIFIED', 'network.book.funded'];
    await open('account', encoding).put({ url: URL_OF_WEBHOOK, events, isActive: true }, undefined);
    const [{ contentType, body } = { contentType: '', body: '' }] = sent;
    if (encoding === 'json') {
      expect(contentType).toBe('application/json');
      expect(JSON.parse(body)).toEqual({
        webhook_endpoint: URL_OF_WEBHOOK,
        event: ['BOOK_VERIFIED', 'network.book.funded (BETA)'],
      });
      return;
    }
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
    expect([...form]).toEqual([
      ['webhook_endpoint', URL_OF_WEBHOOK],
      ['event', 'BOOK_VERIFIED,network.book.funded (BETA)'],
    ]);
  });
});

it('an organization is registered with plain names, and keeps its events when it is updated', async () => {
  const webhooks = open('organization', 'multipart');
  const wanted = { url: URL_OF_WEBHOOK, events: ['book.verified', 'network.book.created'], isActive: true };
  const added = await webhooks.put(wanted, undefined);
  const updated = await webhooks.put(wanted, added);
  expect([added.events, updated.events]).toEqual([wanted.events, wanted.events]);
  expect(sent.map(({ body }) => JSON.parse(body).event_names)).toEqual([wanted.events, wanted.events]);
  expect(await webhooks.test(updated)).toEqual({ ok: true, result: 'accepted' });
});
