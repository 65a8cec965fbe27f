import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../../functions/webhook/delivery.ts';
import { signDelivery } from '../../../infra/local/ocrolus/webhooks/post.ts';
import { LARGE, MARK } from './fuzz/bodies.ts';
import { anyCase, BASIC, type Case, MODES, PREVIOUS, VALID_BASIC } from './fuzz/requests.ts';
import { openWebhook, SECRET, START, signed } from './testing/webhook-under-test.ts';

/** `npm run fuzz` and `npm run test:all` send more. */
const CASES = Number(process.env.FUZZ_CASES ?? 4000);
/** No answer may take longer (mission). */
const SLOWEST_MS = 50;

type Webhook = ReturnType<typeof openWebhook>;

/** Milliseconds of computing since then, of all threads of this process: other processes do not make it slower. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** @returns the shortest time of some work: garbage collection makes any answer slow now and then. */
async function fastest(limit: number, work: () => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 5 && shortest > limit; tries += 1) {
    const start = process.cpuUsage();
    await work();
    shortest = Math.min(shortest, cpuMs(start));
  }
  return shortest;
}

/** True if Ocrolus itself could have sent this; decided in another way than by the webhook. */
function isGenuine({ mode, request, headers, bytes }: Case): boolean {
  if (request.method !== 'POST' || request.account !== 'default') return false;
  if (bytes === undefined || bytes.length > MAX_BODY_BYTES) return false;
  const all = (name: string) => headers.get(name) ?? [];
  const [signature = ''] = all('webhook-signature');
  // Of two values, it cannot be known which was meant. A timestamp matters only beside a signature.
  const mustBeOne = ['webhook-signature', 'webhook-request-id', 'authorization'];
  if (signature !== '') mustBeOne.push('webhook-timestamp');
  if (mustBeOne.some((name) => all(name).length > 1)) return false;

  const [timestamp] = all('webhook-timestamp');
  const [requestId] = all('webhook-request-id');
  const isSigned =
    timestamp !== undefined &&
    requestId !== undefined &&
    [SECRET, PREVIOUS].some(
      (secret) => signDelivery({ secret, timestamp, requestId, body: bytes }) === signature,
    );
  const isFresh = /^\d+$/.test(timestamp ?? '') && Math.abs(Number(timestamp) - START) <= 900;
  const [authorization = ''] = all('authorization');
  const hasPassword = VALID_BASIC.some((valid) => valid.trimEnd() === authorization.replace(/ +$/, ''));
  switch (mode) {
    case 'signature':
      return isSigned && isFresh;
    case 'basic':
      return hasPassword;
    case 'both':
      return isSigned && isFresh && hasPassword;
    case 'either':
      return isSigned ? isFresh : hasPassword;
  }
}

/** Posts a request, and checks what became of it. @returns the status; of a test ping, `ping`. */
async function check({ conditions, post }: Webhook, drawn: Case): Promise<string> {
  conditions.queued.length = 0;
  conditions.lines.length = 0;
  conditions.stored.clear();
  const { statusCode, body } = await post(drawn.request);
  const lines = conditions.lines.join('\n');
  const isPing = statusCode === 200 && lines.includes('"test ping"');
  if (isGenuine(drawn)) {
    expect(statusCode).toBe(200);
    expect(conditions.queued).toHaveLength(isPing ? 0 : 1);
  } else {
    expect([400, 401, 404, 405, 413]).toContain(statusCode);
    expect(body).toMatch(/^\{"error":"[a-z ]+"\}$/);
    expect(conditions.queued.length + conditions.stored.size).toBe(0);
  }
  // Part of keys and log lines.
  for (const { envelope } of conditions.queued) expect(envelope.deliveryId).toMatch(/^[\w.:-]{1,128}$/);
  const signatures = (drawn.headers.get('webhook-signature') ?? []).filter((one) => one.length >= 16);
  for (const secret of [SECRET, PREVIOUS, BASIC.password, ...signatures]) expect(lines).not.toContain(secret);
  // A log may have the name and ids of an event, but not the rest of the body.
  const named = conditions.queued.map(({ envelope }) => JSON.stringify([envelope.eventName, envelope.ids]));
  if (!named.join('').includes(MARK)) expect(lines).not.toContain(MARK);
  return isPing ? 'ping' : String(statusCode);
}

it(`${CASES} requests: only what is genuine is accepted, nothing confidential is logged, nothing is slow`, {
  timeout: 60_000 + CASES * 15,
}, async () => {
  const webhooks = Object.fromEntries(
    MODES.map((authentication) => {
      const secret = { current: SECRET, previous: PREVIOUS, basic: [BASIC] };
      return [authentication, openWebhook({ authentication, secret })];
    }),
  );
  const seen: Record<string, number> = {};
  let milliseconds = 0;
  const property = fc.asyncProperty(anyCase, async (drawn) => {
    const webhook = webhooks[drawn.mode];
    if (webhook === undefined) throw new Error(`no webhook for ${drawn.mode}`);
    let outcome = '';
    const time = await fastest(SLOWEST_MS, async () => {
      outcome = await check(webhook, drawn);
    });
    expect(time).toBeLessThanOrEqual(SLOWEST_MS);
    milliseconds += time;
    seen[outcome] = (seen[outcome] ?? 0) + 1;
  });
  await fc.assert(property, { numRuns: CASES });
  // Otherwise the test would show little.
  const share = (...outcomes: readonly string[]) =>
    Math.min(...outcomes.map((outcome) => seen[outcome] ?? 0)) / CASES;
  expect(share('200', '401')).toBeGreaterThan(0.2);
  expect(share('400', '404', '405')).toBeGreaterThan(0.01);
  expect(share('ping')).toBeGreaterThan(0.005);
  // A busy machine cannot shift these; single cases are repeated instead.
  expect(milliseconds / CASES).toBeLessThan(5);
});

it.each([...LARGE.entries()])(
  'the largest body, of kind %i, is answered at once and kept whole',
  async (_, fill) => {
    const body = fill(MAX_BODY_BYTES - 100);
    const request = signed({ body });
    const time = await fastest(2 * SLOWEST_MS, async () => {
      const { conditions, post } = openWebhook();
      const { statusCode } = await post(request);
      expect(statusCode).toBe(200);
      expect([...conditions.stored.values()][0]?.equals(body)).toBe(true);
      expect(conditions.lines.join('')).not.toContain(MARK);
    });
    expect(time).toBeLessThanOrEqual(2 * SLOWEST_MS);
  },
);

it('10 MB, which API Gateway lets through, is 413 without being looked at', async () => {
  const { conditions, post } = openWebhook();
  const { body, ...request } = signed({ body: Buffer.alloc(10 * 1024 * 1024, 'x') });
  const eventBody = { body: Buffer.from(body ?? '').toString('base64'), isBase64Encoded: true };
  const start = process.cpuUsage();
  expect((await post({ ...request, eventBody })).statusCode).toBe(413);
  expect(cpuMs(start)).toBeLessThan(SLOWEST_MS);
  expect(conditions.queued).toEqual([]);
});
