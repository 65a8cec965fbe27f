import { describe, expect, it, test } from 'vitest';
import fixture from '../../fixtures/signing-vectors.json' with { type: 'json' };
import {
  BODY,
  openWebhook,
  REQUEST_ID,
  SECRET,
  START,
  signed,
  statusOf,
} from './testing/webhook-under-test.ts';

type Vector = (typeof fixture.vectors)[number] | (typeof fixture.negative)[number];

function ask(vector: Vector, signature: string | null) {
  const headers = {
    'Webhook-Timestamp': vector.timestamp,
    'Webhook-Request-Id': vector.request_id,
    ...(signature !== null && { 'Webhook-Signature': signature }),
  };
  const body = Buffer.from(vector.body_base64, 'base64');
  return statusOf({ body, headers }, { secret: { current: vector.secret } });
}

describe('signing vectors', () => {
  test.each(fixture.vectors)('$name is accepted', async (vector) => {
    expect(await ask(vector, vector.expected)).toBe(200);
  });

  test.each(fixture.negative)('$name is refused: $why', async (vector) => {
    expect(await ask(vector, vector.received_signature)).toBe(401);
  });
});

const valid = signed().headers['Webhook-Signature'] ?? '';

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
])('a signature is refused, without a fault, when %s', async (_what, signature) => {
  expect(await statusOf(signed({ headers: { 'Webhook-Signature': signature } }))).toBe(401);
});

it.each(['Webhook-Timestamp', 'Webhook-Request-Id'])('a signature without %s is refused', async (missing) => {
  const { [missing]: _, ...headers } = signed().headers;
  expect(await statusOf({ body: BODY, headers })).toBe(401);
});

it.each([
  ['a body that API Gateway passes as text is verified too', BODY, BODY],
  ['no body at all is the empty body', '', null],
])('%s', async (_, body, text) => {
  const eventBody = { body: text, isBase64Encoded: false };
  expect(await statusOf({ ...signed({ body }), eventBody })).toBe(200);
});

const next = 'example-webhook-secret-B2';
const two = { current: next, previous: SECRET };
const ends = (seconds: number) => new Date((START + seconds) * 1000).toISOString();

it.each([
  ['the current one', two, next, 200],
  ['the previous one', two, SECRET, 200],
  ['a third', two, 'example-webhook-secret-C3', 401],
  ['a blank one is no key', { current: SECRET, previous: '' }, '', 401],
  ['the current one during a rotation', { current: SECRET, pending: next }, SECRET, 200],
  // Ocrolus may sign with it already.
  ['the pending one during a rotation', { current: SECRET, pending: next }, next, 200],
  ['the previous one a second before its end', { ...two, previousUntil: ends(1) }, SECRET, 200],
  ['the previous one at its end', { ...two, previousUntil: ends(0) }, SECRET, 401],
])('of the live secrets, %s', async (_, secret, key, status) => {
  expect(await statusOf(signed({ secret: key }), { secret })).toBe(status);
});

describe('freshness', () => {
  it.each([
    ['15 minutes old', -900, 200],
    ['a second older', -901, 401],
    ['15 minutes ahead', 900, 200],
    ['a second further ahead', 901, 401],
  ])('%s', async (_what, offset, status) => {
    expect(await statusOf(signed({ timestamp: String(START + offset) }))).toBe(status);
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
