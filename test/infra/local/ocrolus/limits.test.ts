import { afterEach, describe, expect, it } from 'vitest';
import type { ApiFault } from '../../../../infra/local/ocrolus/http/faults.ts';
import type { SimulatorOptions } from '../../../../infra/local/ocrolus/options.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { ask, field, signIn } from './testing/client.ts';

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(options: Partial<SimulatorOptions> = {}) {
  simulator = await startSimulator(options);
  return signIn(simulator);
}

describe('rate limit', () => {
  it('is 20 in a sliding second for all calls; refused ones do not count', async () => {
    let now = 1_000_000;
    const api = await start({ now: () => now });
    const statuses = async (count: number) => {
      const answers = await Promise.all(Array.from({ length: count }, () => api.get('/v1/books')));
      return answers.map(({ status }) => status);
    };
    expect(await statuses(10)).toEqual(Array(10).fill(200));
    now += 600;
    expect((await statuses(15)).filter((status) => status === 429)).toHaveLength(5);
    now += 400;
    expect((await statuses(11)).filter((status) => status === 200)).toHaveLength(10);
  });

  it('is 1 in a second for the heavy calls together', async () => {
    let now = 1_000_000;
    const api = await start({ now: () => now });
    const { uuid } = simulator.addBook({ documents: [{}] });
    await simulator.change({ do: 'verify-book', book: uuid });
    await simulator.change({ do: 'complete-analytics', book: uuid });
    expect((await api.get(`/v2/book/${uuid}/summary`)).status).toBe(200);
    expect((await api.get(`/v2/book/${uuid}/cash_flow_features`)).status).toBe(429);
    expect((await api.get(`/v2/book/${uuid}/enriched_txns`)).status).toBe(200);
    now += 1000;
    expect((await api.get(`/v2/book/${uuid}/cash_flow_features`)).status).toBe(200);
  });
});

describe('faults', () => {
  it.each<[ApiFault, number, string]>([
    ['rate-limited', 429, 'API rate limit'],
    ['server-error', 500, 'Internal Server Error'],
    ['bad-gateway', 502, '<html>'],
    ['unavailable', 503, ''],
    ['not-ready', 425, '9004'],
    ['error-in-body', 200, '"status":500'],
    ['unauthorized', 401, 'Unauthorized'],
    ['authentication-failed', 400, '1200'],
  ])('%s answers %i', async (fault, status, text) => {
    const api = await start();
    simulator.faults.add({ fault, path: '/v1/books', times: 1 });
    const answer = await api.get('/v1/books');
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect((await api.get('/v1/books')).body).toMatchObject({ status: 200 });
  });

  it('cuts a body in half, breaks a connection, or never answers', async () => {
    const api = await start();
    const off = simulator.faults.add({ fault: 'truncated' });
    const cut = await api.get('/v1/books');
    expect([cut.status, cut.body]).toEqual([200, undefined]);
    off();

    simulator.faults.add({ fault: 'reset', times: 1 });
    await expect(api.get('/v1/books')).rejects.toThrow();

    simulator.faults.add({ fault: 'timeout', times: 1 });
    const unanswered = expect(api.get('/v1/books')).rejects.toThrow();
    await expect.poll(() => simulator.calls.at(-1)?.status).toBe(0);
    await simulator.close();
    await unanswered;
  });

  it('hit by chance, by path and method, and by default not the token endpoint', async () => {
    const api = await start();
    simulator.faults.add({ fault: 'server-error', probability: 0 });
    simulator.faults.add({ fault: 'server-error', method: 'POST' });
    simulator.faults.add({ fault: 'unavailable', path: /status$/ });
    expect((await api.get('/v1/books')).status).toBe(200);
    expect((await api.get('/v1/book/status')).status).toBe(503);
    expect((await api.sendJson('POST', '/v1/account/settings/webhook', {})).status).toBe(500);
    await expect(signIn(simulator)).resolves.toBeDefined();
    simulator.faults.clear();
    expect(field((await api.get('/v1/book/status')).body, 'code')).toBe(1103);
  });
});

describe('a token', () => {
  it('is for the audience with its trailing slash only', async () => {
    await start();
    const withAudience = (audience: string) =>
      ask(`${simulator.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ grant_type: 'client_credentials', client_id: 'simulator-client' },
          ...{ client_secret: 'simulator-client-secret', audience },
        }),
      });
    expect((await withAudience('https://api.ocrolus.com/')).status).toBe(200);
    expect(await withAudience('https://api.ocrolus.com')).toMatchObject({
      status: 403,
      body: { error: 'unauthorized_client' },
    });
  });

  it('is needed, and expires', async () => {
    let now = Date.UTC(2026, 0, 5);
    const api = await start({ now: () => now, tokenSeconds: 60 });
    expect((await ask(`${simulator.url}/v1/books`)).status).toBe(401);
    expect((await api.get('/v1/books')).status).toBe(200);
    now += 61_000;
    expect((await api.get('/v1/books')).status).toBe(401);
  });
});
