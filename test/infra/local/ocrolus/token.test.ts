import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { ask, field, grant, signIn } from './testing/client.ts';

const CREDENTIALS = {
  grant_type: 'client_credentials',
  client_id: 'simulator-client',
  client_secret: 'simulator-client-secret',
};
const JSON_TYPE = { 'content-type': 'application/json' };

let simulator: Simulator;
let now = Date.UTC(2026, 0, 5);

beforeEach(async () => {
  simulator = await startSimulator({ now: () => now, tokenSeconds: 60 });
});
afterEach(() => simulator.close());

const post = (init: RequestInit) => ask(`${simulator.url}/oauth/token`, { method: 'POST', ...init });

describe('token endpoint', () => {
  it('grants to JSON, to a form and to HTTP Basic without a body', async () => {
    const basic = Buffer.from(`${CREDENTIALS.client_id}:${CREDENTIALS.client_secret}`).toString('base64');
    const answers = await Promise.all([
      post({ headers: JSON_TYPE, body: JSON.stringify(CREDENTIALS) }),
      post({ body: new URLSearchParams(CREDENTIALS) }),
      post({ headers: { authorization: `Basic ${basic}` } }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 60 });
    }
    expect(new Set(answers.map(({ body }) => field(body, 'access_token'))).size).toBe(3);
  });

  it('refuses wrong credentials with 400 in the shape of RFC 6749', async () => {
    const wrong = JSON.stringify({ ...CREDENTIALS, client_secret: 'wrong' });
    expect(await post({ headers: JSON_TYPE, body: wrong })).toMatchObject({
      status: 400,
      body: { error: 'access_denied', error_description: 'Unauthorized' },
    });
    expect(await post({ headers: JSON_TYPE, body: 'no json' })).toMatchObject({ status: 400 });
  });

  it('takes the audience only with its trailing slash', async () => {
    const withAudience = (audience: string) =>
      post({ headers: JSON_TYPE, body: JSON.stringify({ ...CREDENTIALS, audience }) });
    expect((await withAudience('https://api.ocrolus.com/')).status).toBe(200);
    expect(await withAudience('https://api.ocrolus.com')).toMatchObject({
      status: 403,
      body: { error: 'unauthorized_client' },
    });
  });
});

describe('a bad token', () => {
  it('is none, an expired one or a revoked one', async () => {
    expect((await ask(`${simulator.url}/v1/books`)).status).toBe(401);

    const api = await signIn(simulator);
    expect((await api.get('/v1/books')).status).toBe(200);
    now += 61_000;
    expect((await api.get('/v1/books')).status).toBe(401);

    const again = await signIn(simulator);
    simulator.tokens.revokeAll();
    expect((await again.get('/v1/books')).status).toBe(401);
    expect(await grant(simulator)).toEqual(expect.any(String));
  });

  it('can be spelled HTTP 400 with code 1200', async () => {
    simulator.faults.add({ fault: 'authentication-failed' });
    const answer = await ask(`${simulator.url}/v1/books`);
    expect(answer.status).toBe(400);
    expect(field(answer.body, 'code')).toBe(1200);
  });
});
