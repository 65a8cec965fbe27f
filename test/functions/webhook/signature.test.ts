import { describe, expect, it, test } from 'vitest';
import fixture from '../../fixtures/signing-vectors.json' with { type: 'json' };
import { BODY, openWebhook, REQUEST_ID, SECRET, START, signed } from './testing/webhook-under-test.ts';

const bytesOf = (vector: { body_base64: string }) => Buffer.from(vector.body_base64, 'base64');

describe('signing vectors', () => {
  test.each(fixture.vectors)('$name is accepted', async (vector) => {
    const { post } = openWebhook({ secret: { current: vector.secret } });
    const answer = await post({
      body: bytesOf(vector),
      headers: {
        'Webhook-Timestamp': vector.timestamp,
        'Webhook-Request-Id': vector.request_id,
        'Webhook-Signature': vector.expected,
      },
    });
    expect(answer.statusCode).toBe(200);
  });

  test.each(fixture.negative)('$name is refused: $why', async (vector) => {
    const { conditions, post } = openWebhook({ secret: { current: vector.secret } });
    const answer = await post({
      body: bytesOf(vector),
      headers: {
        'Webhook-Timestamp': vector.timestamp,
        'Webhook-Request-Id': vector.request_id,
        ...(vector.received_signature !== null && { 'Webhook-Signature': vector.received_signature }),
      },
    });
    expect(answer.statusCode).toBe(401);
    expect(conditions.queued).toEqual([]);
  });
});

const valid = signed().headers['Webhook-Signature'] ?? '';

describe('a signature that is no lower-case hex SHA-256', () => {
  it.each([
    ['too short', valid.slice(1)],
    ['too long', `${valid}0`],
    ['one of an odd number of digits', 'a'],
    ['upper case', valid.toUpperCase()],
    ['not hex', 'z'.repeat(64)],
    ['base64', Buffer.from(valid, 'hex').toString('base64')],
    ['prefixed', `sha256=${valid}`],
    ['followed by a line break', `${valid}\n`],
    ['non-ASCII', 'é'.repeat(64)],
    ['64 code units in 32 characters', '🥐'.repeat(32)],
    ['empty', ''],
  ])('is refused when %s, without a fault', async (_what, signature) => {
    const { post } = openWebhook();
    const answer = await post(signed({ headers: { 'Webhook-Signature': signature } }));
    expect(answer.statusCode).toBe(401);
  });
});

it.each(['Webhook-Timestamp', 'Webhook-Request-Id'])('a signature without %s is refused', async (missing) => {
  const { post } = openWebhook();
  const { [missing]: _, ...headers } = signed().headers;
  expect((await post({ body: BODY, headers })).statusCode).toBe(401);
});

it('one changed bit of a body is refused', async () => {
  const { conditions, post } = openWebhook();
  const body = Buffer.from(BODY);
  body.writeUInt8(body.readUInt8(10) ^ 1, 10);
  expect((await post({ ...signed(), body })).statusCode).toBe(401);
  expect(conditions.queued).toEqual([]);
});

it('bytes that are not UTF-8 are verified as they are', async () => {
  const { conditions, post } = openWebhook();
  const body = Uint8Array.of(0x7b, 0xff, 0xfe, 0x00, 0x7d);
  expect((await post(signed({ body }))).statusCode).toBe(200);
  expect(conditions.queued[0]?.envelope.payload).toEqual({
    encoding: 'base64',
    body: Buffer.from(body).toString('base64'),
  });
});

it('a body that API Gateway passes as text is verified too', async () => {
  const { post } = openWebhook();
  const eventBody = { body: BODY, isBase64Encoded: false };
  expect((await post({ ...signed(), eventBody })).statusCode).toBe(200);
});

it('no body at all is the empty body', async () => {
  const { post } = openWebhook();
  const eventBody = { body: null, isBase64Encoded: false };
  expect((await post({ ...signed({ body: '' }), eventBody })).statusCode).toBe(200);
});

describe('two live secrets', () => {
  const secret = { current: 'example-webhook-secret-B2', previous: SECRET };

  it.each([secret.current, secret.previous])('a delivery signed with either is accepted', async (key) => {
    expect((await openWebhook({ secret }).post(signed({ secret: key }))).statusCode).toBe(200);
  });

  it('one signed with a third is refused', async () => {
    const answer = await openWebhook({ secret }).post(signed({ secret: 'example-webhook-secret-C3' }));
    expect(answer.statusCode).toBe(401);
  });

  it('a blank one is no key: the empty secret must not sign', async () => {
    const { post } = openWebhook({ secret: { current: SECRET, previous: '' } });
    expect((await post(signed({ secret: '' }))).statusCode).toBe(401);
  });
});

describe('during a rotation', () => {
  const next = 'example-webhook-secret-D4';
  const ends = (seconds: number) => new Date((START + seconds) * 1000).toISOString();

  it('what is pending is accepted, for Ocrolus may sign with it already', async () => {
    const { post } = openWebhook({ secret: { current: SECRET, pending: next } });
    for (const secret of [SECRET, next]) expect((await post(signed({ secret }))).statusCode).toBe(200);
  });

  it.each([
    [1, 200],
    [0, 401],
  ])('the previous secret, %i s before its end, is answered %i', async (seconds, status) => {
    const secret = { current: next, previous: SECRET, previousUntil: ends(seconds) };
    expect((await openWebhook({ secret }).post(signed({ secret: SECRET }))).statusCode).toBe(status);
  });
});

describe('freshness', () => {
  it.each([
    ['15 minutes old', -900, 200],
    ['a second older', -901, 401],
    ['15 minutes ahead', 900, 200],
    ['a second further ahead', 901, 401],
  ])('%s', async (_what, offset, status) => {
    const { post } = openWebhook();
    const answer = await post(signed({ timestamp: String(START + offset) }));
    expect(answer.statusCode).toBe(status);
  });

  it.each(['', 'NaN', '1e9', '-1', ' 1769905740', '1769905740.0', '0x697e9c0c', 'Infinity', '9'.repeat(13)])(
    'a timestamp of %j is refused although it is signed',
    async (timestamp) => {
      const { conditions, post } = openWebhook();
      const answer = await post(signed({ timestamp, requestId: REQUEST_ID }));
      expect(answer.statusCode).toBe(401);
      expect(conditions.lines.join()).toMatch(/"reason":"(stale|signature-malformed)"/);
    },
  );
});
