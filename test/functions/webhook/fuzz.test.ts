import { expect, it } from 'vitest';
import { drawLarge, MARK } from './fuzz/bodies.ts';
import { drawFor } from './fuzz/draw.ts';
import { cpuMs, fuzz, SLOWEST_MS } from './fuzz/fuzz.ts';
import { openWebhook, signed } from './testing/webhook-under-test.ts';

it('4,000 requests: only what is genuine is accepted, nothing confidential is logged, nothing is slow', async () => {
  const report = await fuzz(1, 4000);
  expect(report.problems).toEqual([]);
  // Otherwise the test would show little.
  const { 200: accepted = 0, 400: encoding = 0, 401: unauthorized = 0, 404: account = 0 } = report.statuses;
  expect(Math.min(accepted, unauthorized)).toBeGreaterThan(800);
  expect(Math.min(encoding, account, report.statuses['405'] ?? 0)).toBeGreaterThan(40);
  expect(report.pings).toBeGreaterThan(20);
  // A busy machine cannot shift these; single cases are repeated instead.
  expect(report.milliseconds).toBeLessThan(5);
});

it.each([0, 1, 2, 3, 4])('the largest body, of kind %i, is answered at once and kept whole', async (kind) => {
  const body = drawLarge(
    { ...drawFor(2, kind), one: (list) => list[kind] ?? list[0] },
    4 * 1024 * 1024 - 100,
  );
  const milliseconds: number[] = [];
  // Garbage collection makes any answer slow now and then.
  while (milliseconds.length < 5 && !(Math.min(...milliseconds) < 2 * SLOWEST_MS)) {
    const { conditions, post } = openWebhook();
    const request = signed({ body });
    const start = process.cpuUsage();
    const { statusCode } = await post(request);
    milliseconds.push(cpuMs(start));
    expect(statusCode).toBe(200);
    expect([...conditions.stored.values()][0]?.equals(body)).toBe(true);
    expect(conditions.lines.join('')).not.toContain(MARK);
  }
  expect(Math.min(...milliseconds)).toBeLessThan(2 * SLOWEST_MS);
});

it('10 MB, which API Gateway lets through, is 413 without being looked at', async () => {
  const { conditions, post } = openWebhook();
  const { body, ...request } = signed({ body: Buffer.alloc(10 * 1024 * 1024, 'x') });
  const eventBody = { body: Buffer.from(body ?? '').toString('base64'), isBase64Encoded: true };
  const start = process.cpuUsage();
  expect((await post({ ...request, eventBody })).statusCode).toBe(413);
  expect(cpuMs(start)).toBeLessThan(SLOWEST_MS);
  expect(conditions.queued).toEqual([]);
});
