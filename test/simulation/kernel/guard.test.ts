import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { type Guard, GuardError, installGuard } from './guard.ts';
import { START, startSimulation } from './testing/simulation.ts';

let guard: Guard;
beforeEach(() => {
  guard = installGuard();
});
afterEach(() => guard.uninstall());

it.each<[string, () => unknown]>([
  ['Date.now', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
  ['Math.random', () => Math.random()],
  ['performance.now', () => performance.now()],
  ['setTimeout', () => setTimeout(() => {}, 1)],
  ['setInterval', () => setInterval(() => {}, 1)],
  ['setImmediate', () => setImmediate(() => {})],
  ['timers/promises', () => delay(1)],
  ['fetch', () => fetch('http://127.0.0.1:1')],
  ['crypto.randomUUID', () => crypto.randomUUID()],
  ['node:crypto randomUUID', () => randomUUID()],
  ['AbortSignal.timeout', () => AbortSignal.timeout(1)],
])('refuses %s, and records it', (_name, use) => {
  expect(use).toThrow(GuardError);
  expect(guard.violations).toHaveLength(1);
});

it('allows what does not depend on a clock, and the kernel', async () => {
  const { scheduler } = startSimulation(1);
  const Schema = z.object({ at: z.iso.datetime(), on: z.coerce.date() });
  const seen: unknown[] = [];
  scheduler.after(10, () => {
    const parsed = Schema.parse({ at: '2026-01-01T00:00:00.000Z', on: '2026-01-01' });
    seen.push(
      parsed.on.getTime(),
      parsed.on instanceof Date,
      new Date(START).toISOString(),
      Date.UTC(2026, 0, 1),
    );
    seen.push(gzipSync('text').length > 0);
    void new Response('{"a":1}').json().then((body: unknown) => seen.push(body));
  });
  await scheduler.run(Number.POSITIVE_INFINITY);
  expect(seen).toEqual([START, true, '2026-01-01T00:00:00.000Z', START, true, { a: 1 }]);
  expect(guard.violations).toEqual([]);
});

it('records work in another thread, even of functions that were imported before', async () => {
  await promisify(gunzip)(gzipSync('text'));
  expect(guard.violations.length).toBeGreaterThan(0);
  expect(guard.violations[0]).toContain('ZLIB');
});

it('restores everything', async () => {
  guard.uninstall();
  expect(Date.now()).toBeGreaterThan(START);
  expect(new Date()).toBeInstanceOf(Date);
  expect(Math.random()).toBeLessThan(1);
  expect(randomUUID()).not.toBe(crypto.randomUUID());
  expect(performance.now()).toBeGreaterThan(0);
  await delay(1);
  expect(guard.violations).toEqual([]);
});
