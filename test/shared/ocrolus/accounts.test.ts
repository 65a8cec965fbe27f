import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { openAccounts } from '../../../shared/ocrolus/accounts.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';
import { ocrolusSettings } from '../../../shared/ocrolus/settings.ts';
import { openNetworkPorts } from '../../../shared/ports.ts';
import type { RateLimiter } from '../../../shared/rate-limit/limiter.ts';
import { createMetrics, type Metrics } from '../../../shared/telemetry/metrics.ts';
import { type Answering, fakeFetch, json } from './testing/fake-fetch.ts';

const CREDENTIALS = '{"clientId":"id","clientSecret":"secret"}';
const TOKEN = () => json(200, { access_token: 'token', expires_in: 86_400 });

/** A call that should wait fails: no test waits. */
const PORTS = { ...openNetworkPorts(), wait: () => Promise.reject(new Error('waited')) };
const LIMITLESS: RateLimiter = { take: async () => {}, pause: async () => {} };

/** The client of one account, whose Ocrolus answers like this. */
function openClient(
  options: {
    readonly auth?: Answering;
    readonly api?: Answering;
    readonly readSecret?: () => Promise<string>;
    readonly limiter?: RateLimiter;
    readonly metrics?: Metrics;
    readonly now?: () => number;
  } = {},
): OcrolusClient {
  const {
    auth = TOKEN,
    api = () => json(200, { status: 200 }),
    readSecret = async () => CREDENTIALS,
  } = options;
  const { limiter = LIMITLESS, metrics = createMetrics({ stage: 'test', write: () => {} }) } = options;
  const { now = Date.now } = options;
  const { send } = fakeFetch((request, index) =>
    (request.url.startsWith('https://auth.ocrolus.com/') ? auth : api)(request, index),
  );
  const settings = z.object(ocrolusSettings).parse({ ACCOUNTS: '{"default":{"credentials":"arn"}}' });
  return openAccounts(settings, {
    limiter,
    metrics,
    ports: { ...PORTS, now, secret: readSecret, fetch: send },
  }).client('default');
}

/** Asks Book status of an Ocrolus that answers like this. @returns how often each metric was counted. */
async function countedWhile(
  ocrolus: { readonly auth?: Answering; readonly api?: Answering },
  readSecret?: () => Promise<string>,
): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const count = (name: string) => {
    counted[name] = (counted[name] ?? 0) + 1;
  };
  const metrics = { count, record: count, flush: () => {} };
  await openClient({ ...ocrolus, ...(readSecret && { readSecret }), metrics })
    .get(calls.bookStatus({ bookUuid: 'b' }), Date.now() + 30_000)
    .catch(() => {});
  return counted;
}

it('an answer is counted by its latency, and nothing else', async () => {
  expect(await countedWhile({})).toEqual({ OcrolusLatency: 1 });
});

it.each<[string, Parameters<typeof countedWhile>]>([
  ['the token is refused twice', [{ api: () => json(401, {}) }]],
  ['the credentials are refused', [{ auth: () => json(403, {}) }]],
  ['the token service is down', [{ auth: () => json(503, {}) }]],
  ['the credentials are not set yet', [{}, async () => '{"clientId":""}']],
])('%s: that we are not let in is counted once for the call', async (_what, setUp) => {
  expect(await countedWhile(...setUp)).toMatchObject({ AccountNotAsked: 1 });
});

it('another failure is not taken for one of authentication', async () => {
  expect(await countedWhile({ api: () => json(500, {}) })).not.toHaveProperty('AccountNotAsked');
});

it('a 429 is counted, even one that says so in its body only', async () => {
  const waitsTooLong = () => json(200, { status: 429 }, { 'retry-after': '3600' });
  expect(await countedWhile({ api: waitsTooLong })).toMatchObject({ OcrolusRateLimited: 1 });
});

it('a call takes a permit of its weight, by its deadline', async () => {
  const take = vi.fn(async () => {});
  const deadline = Date.now() + 60_000;
  await openClient({ limiter: { ...LIMITLESS, take } }).get(calls.bookStatus({ bookUuid: 'b' }), deadline);
  expect(take).toHaveBeenCalledExactlyOnceWith('light', deadline);
});

it('an account that is not served is refused, and the others are named', () => {
  const settings = z
    .object(ocrolusSettings)
    .parse({ ACCOUNTS: '{"a":{"credentials":"x"},"b":{"credentials":"y"}}' });
  const metrics = createMetrics({ stage: 'test', write: () => {} });
  const accounts = openAccounts(settings, { limiter: LIMITLESS, metrics, ports: PORTS });
  expect(accounts.names).toEqual(['a', 'b']);
  expect(() => accounts.client('gone')).toThrow(
    expect.objectContaining({ class: 'refused', code: 'unknown-account' }),
  );
});

describe('credentials that are changed', () => {
  /** An Ocrolus that gives tokens for the accepted secrets, and takes only those of `valid`. */
  function openChanging() {
    const state = { accepted: ['old'], valid: 'old', secret: 'old', reads: 0, seconds: 0 };
    const client = openClient({
      now: () => state.seconds * 1000,
      readSecret: async () => {
        state.reads += 1;
        return JSON.stringify({ clientId: 'id', clientSecret: state.secret });
      },
      auth: ({ body }) => {
        const secret = state.accepted.find((one) => body?.includes(one));
        return secret === undefined ? json(403, {}) : json(200, { access_token: secret, expires_in: 86_400 });
      },
      api: ({ headers }) =>
        headers.get('authorization') === `Bearer ${state.valid}`
          ? json(200, { status: 200, response: {} })
          : json(401, {}),
    });
    const ask = async () => {
      const deadline = state.seconds * 1000 + 30_000;
      return (await client.ask(calls.bookStatus({ bookUuid: 'b' }), deadline)).kind;
    };
    return { state, ask };
  }

  it.each([
    ['with the old token and credentials', ['new']],
    ['with the old token only', ['old', 'new']],
  ])('are used by the call that is refused %s', async (_what, accepted) => {
    const { state, ask } = openChanging();
    expect(await ask()).toBe('ok');
    Object.assign(state, { accepted, valid: 'new', secret: 'new', seconds: 10 });
    expect(await ask()).toBe('ok');
    expect(state.reads).toBe(2);
  });

  it('are read at most every 10 seconds, however many calls are refused', async () => {
    const { state, ask } = openChanging();
    state.accepted = [];
    for (state.seconds = 0; state.seconds <= 30; state.seconds += 1) expect(await ask()).toBe('refused');
    expect(state.reads).toBe(4);
    Object.assign(state, { accepted: ['new'], valid: 'new', secret: 'new', seconds: 40 });
    expect(await ask()).toBe('ok');
  });

  it('and cannot be read meanwhile leave the refusal of the old ones', async () => {
    const { state, ask } = openChanging();
    await ask();
    Object.assign(state, { accepted: [], valid: 'new', secret: '', seconds: 10 });
    expect(await ask()).toBe('refused');
  });
});
