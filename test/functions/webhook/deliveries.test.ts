import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { BODY, basic, openWebhook, REQUEST_ID, signed } from './testing/webhook-under-test.ts';

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

async function queuedFrom(parts: Parameters<typeof signed>[0]) {
  const { conditions, post } = openWebhook();
  expect((await post(signed(parts))).statusCode).toBe(200);
  const [message, ...more] = conditions.queued;
  expect(more).toEqual([]);
  if (message === undefined) throw new Error('nothing was queued');
  return { ...message, conditions };
}

it('a genuine delivery is queued as it came, and answered exactly 200', async () => {
  const { conditions, post } = openWebhook();
  expect(await post(signed())).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"ok":true}',
  });
  const envelope: Envelope = {
    version: 1,
    deliveryId: REQUEST_ID,
    account: 'default',
    source: 'webhook',
    receivedAt: '2026-02-01T00:29:00.000Z',
    eventName: 'BOOK_VERIFIED',
    channel: 'book-verified',
    ids: { bookUuid: BOOK },
    payload: { encoding: 'utf8', body: BODY },
  };
  expect(conditions.queued).toEqual([{ channel: 'book-verified', envelope }]);
  expect(conditions.lines.join()).toContain('"DeliveryQueued":1');
});

it('the answer is 200 only after SQS has accepted; else 503', async () => {
  const { conditions, post } = openWebhook();
  conditions.queueFails = true;
  expect(await post(signed())).toMatchObject({ statusCode: 503, body: '{"error":"unavailable"}' });
  expect(conditions.lines.join()).toContain('"level":"ERROR"');
  expect(conditions.lines.join()).not.toContain('SQS is not there');
});

it('the test ping is answered and forgotten', async () => {
  const { conditions, post } = openWebhook();
  const body = '{"status": "VERIFICATION_COMPLETE", "uploaded_doc_pk": 0, "book_pk": 0}';
  expect((await post(signed({ body }))).statusCode).toBe(200);
  expect(conditions.queued).toEqual([]);
  expect(conditions.lines.join()).toContain('"TestPing":1');
});

it.each([
  ['not JSON', 'event=BOOK_VERIFIED', 'not-json'],
  ['empty', '', 'not-json'],
  ['cut off', '{"event":"BOOK_VER', 'not-json'],
  [
    'nested too deeply to be read',
    `${'['.repeat(100_000)}${'9'.repeat(20)}${']'.repeat(100_000)}`,
    'not-json',
  ],
  ['an array', '[]', 'not-an-object'],
  ['null', 'null', 'not-an-object'],
  ['nameless', '{}', 'no-name'],
  ['an unknown name', '{"event_name":"book.underwritten"}', 'unknown-name'],
  ['a name that is no text', '{"event_name":{"a":1}}', 'no-name'],
  ['not UTF-8', Uint8Array.of(0xc3, 0x28), 'not-utf8'],
])('signed but not understandable, it is kept: %s', async (_what, body, reason) => {
  const { channel, envelope, conditions } = await queuedFrom({ body });
  expect(channel).toBe('unrecognized');
  expect(envelope.unrecognized).toBe(reason);
  const kept = envelope.payload;
  const bytes =
    kept?.encoding === 's3'
      ? conditions.stored.get(kept.key)
      : Buffer.from(kept?.body ?? '?', kept?.encoding === 'base64' ? 'base64' : 'utf8');
  expect(bytes).toEqual(Buffer.from(body));
});

describe('the delivery id', () => {
  it.each(['019A.1b:2c_3d-4e', 'a', 'x'.repeat(128)])('is the request id %s', async (requestId) => {
    expect((await queuedFrom({ requestId })).envelope.deliveryId).toBe(requestId);
  });

  it.each(['a#b', 'a b', 'a/b', 'ä', 'x'.repeat(129), 'a\nb', 'a\n', '🥐'])(
    'is a hash, the same for every retry, where the request id is %j',
    async (requestId) => {
      const { deliveryId } = (await queuedFrom({ requestId })).envelope;
      expect(deliveryId).toMatch(/^sha256-[0-9a-f]{32}$/);
      expect((await queuedFrom({ requestId })).envelope.deliveryId).toBe(deliveryId);
    },
  );

  it('is our own where none came, another each time', async () => {
    const { conditions, post } = openWebhook({
      authentication: 'basic',
      secret: { basic: [{ username: 'u', password: 'p' }] },
    });
    await post({ body: BODY, headers: basic('u', 'p') });
    await post({ body: BODY, headers: { ...basic('u', 'p'), 'Webhook-Request-Id': '' } });
    const [first, second] = conditions.queued.map(({ envelope }) => envelope.deliveryId);
    for (const id of [first, second]) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });
});

describe('a body too large for a message', () => {
  const body = readFile('test/fixtures/events/_odd/huge-body-2000-docs.json');

  it('goes to the bucket as it came, and the message says where', async () => {
    const raw = await body;
    const { channel, envelope, conditions } = await queuedFrom({ body: raw });
    const key = `deliveries/${createHash('sha256').update(raw).digest('hex')}`;
    expect(channel).toBe('book-results');
    expect(envelope.payload).toEqual({
      encoding: 's3',
      bucket: 'deliveries-bucket',
      key,
      bytes: raw.length,
    });
    expect(conditions.stored.get(key)).toEqual(raw);
  });

  it.each([
    ['of control characters', '\u0001'.repeat(100_000)],
    ['of what SQS refuses', `"${'\uFFFE\uFFFF'.repeat(50_000)}"`],
    ['of bytes', Buffer.alloc(300_000, 0xff)],
    ['with a status of a megabyte', `{"event":"BOOK_VERIFIED","status":"${'x'.repeat(1_000_000)}"}`],
    ['with a name of a megabyte', `{"event":"${'x'.repeat(1_000_000)}"}`],
    ['with ids of a megabyte', `{"event":"BOOK_VERIFIED","book_uuid":"${'x'.repeat(1_000_000)}"}`],
  ])('%s: the message stays below 256 KiB', async (_what, text) => {
    const { envelope } = await queuedFrom({ body: text });
    expect(Buffer.byteLength(serialiseEnvelope(envelope))).toBeLessThan(256 * 1024);
  });
});
