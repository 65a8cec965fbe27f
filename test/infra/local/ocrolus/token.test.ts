import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { ask, signIn } from './testing/client.ts';

const CREDENTIALS = {
  grant_type: 'client_credentials',
  client_id: 'simulator-client',
  client_secret: 'simulator-client-secret',
};

let simulator: Simulator;
let now = Date.UTC(2026, 0, 5);

beforeEach(async () => {
  simulator = await startSimulator({ now: () => now, tokenSeconds: 60 });
});
afterEach(() => simulator.close());

it('the audience is accepted with its trailing slash only', async () => {
  const withAudience = (audience: string) =>
    ask(`${simulator.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...CREDENTIALS, audience }),
    });
  expect((await withAudience('https://api.ocrolus.com/')).status).toBe(200);
  expect(await withAudience('https://api.ocrolus.com')).toMatchObject({
    status: 403,
    body: { error: 'unauthorized_client' },
  });
});

it('a bad token is none, or an expired one', async () => {
  expect((await ask(`${simulator.url}/v1/books`)).status).toBe(401);
  const api = await signIn(simulator);
  expect((await api.get('/v1/books')).status).toBe(200);
  now += 61_000;
  expect((await api.get('/v1/books')).status).toBe(401);
});
