import { describe, expect, it } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import type { TokenFormat } from '../../../shared/ocrolus/settings.ts';
import { createTokenSource } from '../../../shared/ocrolus/token.ts';
import { type Answering, fakeFetch, json } from './testing/fake-fetch.ts';

const credentials = { clientId: 'id', clientSecret: 'p&ss w:rd' };
const DAY = 86_400;
const timeout = () => new AbortController().signal;

const numbered: Answering = (_, index) =>
  json(200, { access_token: `token-${index + 1}`, token_type: 'Bearer', expires_in: DAY });

function open(answer: Answering = numbered, format: TokenFormat = 'json', audience?: string) {
  const clock = { seconds: 0 };
  const renewals = { failed: 0 };
  const { send, sent } = fakeFetch((request, index) => answer(request, index));
  const tokens = createTokenSource({
    authUrl: 'https://auth.example',
    credentials: async () => credentials,
    format,
    audience,
    ports: { fetch: send, now: () => clock.seconds * 1000, timeout },
    onRenewalFailed: () => {
      renewals.failed += 1;
    },
  });
  return { tokens, sent, clock, renewals };
}

/** Answers in turn; the last one stays. */
const inTurn = (...answers: Answering[]): Answering => {
  return (request, index) => (answers[index] ?? answers.at(-1) ?? numbered)(request, index);
};
const failing: Answering = () => json(503, {});

const secret = { client_id: 'id', client_secret: credentials.clientSecret };
const basic = `Basic ${Buffer.from(`id:${credentials.clientSecret}`).toString('base64')}`;
const FORM = /^application\/x-www-form-urlencoded/;

it.each<[TokenFormat, RegExp, object, string | null]>([
  ['json', /^application\/json$/, secret, null],
  ['form', FORM, secret, null],
  // The credentials are in the header, and nowhere else.
  ['basic', FORM, {}, basic],
])('the request in format %s', async (format, contentType, inBody, authorization) => {
  for (const audience of [undefined, 'https://api.ocrolus.com/']) {
    const { tokens, sent } = open(numbered, format, audience);
    await tokens.get();
    const [request] = sent;
    expect(request).toMatchObject({ method: 'POST', url: 'https://auth.example/oauth/token' });
    expect(request?.redirect).toBe('error');
    expect(request?.headers.get('content-type')).toMatch(contentType);
    expect(request?.headers.get('authorization')).toBe(authorization);
    const body = request?.body ?? '';
    const said = format === 'json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    expect(said).toEqual({
      grant_type: 'client_credentials',
      ...inBody,
      ...(audience !== undefined && { audience }),
    });
  }
});

describe('a token', () => {
  it('serves until half of its life, and is renewed then', async () => {
    const { tokens, sent, clock } = open();
    for (const seconds of [0, 1, DAY / 2 - 1]) {
      clock.seconds = seconds;
      expect(await tokens.get()).toBe('token-1');
    }
    clock.seconds = DAY / 2;
    expect(await tokens.get()).toBe('token-2');
    expect(sent).toHaveLength(2);
  });

  it('its lifetime may be text', async () => {
    const { tokens, clock } = open(() => json(200, { access_token: 'token', expires_in: '60' }));
    await tokens.get();
    clock.seconds = 29;
    expect(await tokens.get()).toBe('token');
  });

  it('is asked for once by all who need it at the same time', async () => {
    const { tokens, sent } = open();
    const got = await Promise.all(Array.from({ length: 20 }, () => tokens.get()));
    expect(new Set(got)).toEqual(new Set(['token-1']));
    expect(sent).toHaveLength(1);
  });

  it('that was not accepted is thrown away', async () => {
    const { tokens } = open();
    tokens.discard(await tokens.get());
    expect(await tokens.get()).toBe('token-2');
  });

  it('is not thrown away for an older one that was not accepted', async () => {
    const { tokens, sent } = open();
    const first = await tokens.get();
    tokens.discard(first);
    await tokens.get();
    tokens.discard(first);
    expect(await tokens.get()).toBe('token-2');
    expect(sent).toHaveLength(2);
  });
});

describe('while a renewal fails', () => {
  it('the old token serves to its end, and not beyond', async () => {
    const { tokens, clock, renewals } = open(inTurn(numbered, failing));
    await tokens.get();
    clock.seconds = DAY - 1;
    expect(await tokens.get()).toBe('token-1');
    clock.seconds = DAY;
    await expect(tokens.get()).rejects.toMatchObject({ class: 'retry', code: 'token' });
    // Without a token that serves, the failure itself is the report.
    expect(renewals.failed).toBe(1);
  });

  it('it is tried again after a pause, each failure is reported once, and the new token serves', async () => {
    const { tokens, clock, renewals } = open(inTurn(numbered, failing, numbered));
    const tokenAt = async (seconds: number) => {
      clock.seconds = seconds;
      return tokens.get();
    };
    const half = DAY / 2;
    expect([await tokenAt(0), await tokenAt(half), await tokenAt(half + 29)]).toEqual(
      Array(3).fill('token-1'),
    );
    expect(renewals.failed).toBe(1);
    expect(await tokenAt(half + 30)).toBe('token-3');
  });

  it('a token that was thrown away does not come back', async () => {
    const { tokens } = open(inTurn(numbered, failing));
    tokens.discard(await tokens.get());
    await expect(tokens.get()).rejects.toMatchObject({ code: 'token' });
  });
});

describe('a failure', () => {
  it.each<[string, Answering, string, string]>([
    ['400 access_denied', () => json(400, { error: 'access_denied' }), 'refused', 'auth'],
    ['401', () => json(401, {}), 'refused', 'auth'],
    ['403 unauthorized_client', () => json(403, { error: 'unauthorized_client' }), 'refused', 'auth'],
    ['429', () => json(429, {}), 'retry', 'token'],
    ['503', failing, 'retry', 'token'],
    ['HTML', () => new Response('<html>', { status: 200 }), 'retry', 'token'],
    ['no token', () => json(200, { expires_in: DAY }), 'retry', 'token'],
    ['a blank token', () => json(200, { access_token: '', expires_in: DAY }), 'retry', 'token'],
    ['no life', () => json(200, { access_token: 'x' }), 'retry', 'token'],
    ['a life that is over', () => json(200, { access_token: 'x', expires_in: 0 }), 'retry', 'token'],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'retry', 'token'],
  ])('%s', async (_what, answer, failureClass, code) => {
    const expected = { name: 'Failure', class: failureClass, code };
    await expect(open(answer).tokens.get()).rejects.toMatchObject(expected);
  });

  it('that has passed is forgotten', async () => {
    const { tokens } = open(inTurn(failing, numbered));
    await expect(tokens.get()).rejects.toMatchObject({ code: 'token' });
    expect(await tokens.get()).toBe('token-2');
  });

  it.each([
    ['that are not set yet: refused', new Failure('refused', 'no-credentials'), 'refused', 'no-credentials'],
    ['that cannot be read: retry', new Error('no answer'), 'retry', 'token'],
  ])('of credentials %s', async (_what, failure, failureClass, code) => {
    const { send } = fakeFetch(numbered);
    const tokens = createTokenSource({
      authUrl: 'https://auth.example',
      credentials: () => Promise.reject(failure),
      format: 'json',
      ports: { fetch: send, now: () => 0, timeout },
    });
    await expect(tokens.get()).rejects.toMatchObject({ class: failureClass, code });
  });
});
