import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Guard, GuardError, installGuard } from './guard.ts';

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

it('records work in another thread, even of functions that were imported before', async () => {
  await promisify(gunzip)(gzipSync('text'));
  expect(guard.violations.length).toBeGreaterThan(0);
  expect(guard.violations[0]).toContain('ZLIB');
});
