import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../../functions/webhook/delivery.ts';
import type { Request } from './testing/api-event.ts';
import {
  BODY,
  openWebhook,
  REQUEST_ID,
  SECRET,
  START,
  signed,
  statusOf,
} from './testing/webhook-under-test.ts';

const refusedWith = async (request: Request) => {
  const { conditions, post } = openWebhook();
  const answer = await post(request);
  expect(conditions.queued).toEqual([]);
  expect(conditions.stored.size).toBe(0);
  return answer;
};

describe('an account that the deployment does not serve', () => {
  it.each(['nobody', '', 'Default', '__proto__', 'constructor', null])('%j is 404', async (account) => {
    expect((await refusedWith({ ...signed(), account })).statusCode).toBe(404);
  });

  it('is 404 before method, size and encoding are looked at', async () => {
    const eventBody = { body: '*', isBase64Encoded: true };
    expect((await refusedWith({ account: 'nobody', method: 'PUT', eventBody })).statusCode).toBe(404);
  });
});

it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'post'])('%s is 405', async (method) => {
  const answer = await refusedWith({ ...signed(), method });
  expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
});

it('a body that is not the base64 it claims to be is 400: its bytes are not known', async () => {
  for (const body of ['*', 'a', 'YQ', 'YQ==\n', 'Y-_=', `${Buffer.from(BODY).toString('base64')}!`]) {
    const answer = await refusedWith({ ...signed(), eventBody: { body, isBase64Encoded: true } });
    expect(answer.statusCode).toBe(400);
  }
});

describe('size', () => {
  it('more is 413, in base64 or not, before the signature is looked at', async () => {
    const text = 'a'.repeat(MAX_BODY_BYTES + 3);
    expect((await refusedWith({ body: text })).statusCode).toBe(413);
    const answer = await refusedWith({ eventBody: { body: text, isBase64Encoded: false } });
    expect(answer.statusCode).toBe(413);
  });
});

describe('headers', () => {
  it('are found in any letter case', async () => {
    for (const spell of [(name: string) => name.toLowerCase(), (name: string) => name.toUpperCase()]) {
      const headers = Object.entries(signed().headers).map(([name, value]) => [spell(name), value]);
      expect(await statusOf({ body: BODY, headers: Object.fromEntries(headers) })).toBe(200);
    }
  });

  it('are found where there are no multi-value headers', async () => {
    expect(await statusOf({ ...signed(), multiValueHeaders: null })).toBe(200);
  });

  it.each(['Webhook-Signature', 'Webhook-Timestamp', 'Webhook-Request-Id', 'Authorization'])(
    '%s twice is refused, even with one value',
    async (name) => {
      const { headers } = signed({ headers: { Authorization: 'Basic eDp5' } });
      const single = Object.entries(headers).map(([key, value]) => [key, [value]]);
      const twice = { ...Object.fromEntries(single), [name]: [headers[name], headers[name]] };
      expect((await refusedWith({ body: BODY, headers, multiValueHeaders: twice })).statusCode).toBe(401);
    },
  );

  it('the same name in two letter cases is twice, too', async () => {
    const { headers } = signed();
    const twice = { ...headers, 'webhook-signature': headers['Webhook-Signature'] ?? '' };
    expect((await refusedWith({ body: BODY, headers: twice })).statusCode).toBe(401);
    const answer = await refusedWith({ body: BODY, headers: twice, multiValueHeaders: null });
    expect(answer.statusCode).toBe(401);
  });
});

const refusals: [string, Request][] = [
  ['unsigned', { body: BODY }],
  ['wrongly signed', signed({ secret: 'another-secret-of-16' })],
  ['malformed', signed({ headers: { 'Webhook-Signature': 'x' } })],
  ['stale', signed({ timestamp: String(START - 5000) })],
  ['ambiguous', { ...signed(), multiValueHeaders: { 'Webhook-Request-Id': [REQUEST_ID, REQUEST_ID] } }],
];

it.each(refusals)('every 401 looks the same, and its reason is only logged: %s', async (_, request) => {
  const { conditions, post } = openWebhook();
  expect(await post(request)).toEqual({
    statusCode: 401,
    headers: { 'content-type': 'application/json' },
    body: '{"error":"unauthorized"}',
  });
  expect(conditions.queued).toEqual([]);
  const log = conditions.lines.join('\n');
  expect(log).toMatch(/"level":"WARN","message":"refused"/);
  expect(log).toContain('"DeliveryRefused":1');
  const signature = request.headers?.['Webhook-Signature'] ?? '';
  for (const text of [SECRET, BODY, ...(signature.length > 1 ? [signature] : [])])
    expect(log).not.toContain(text);
});
