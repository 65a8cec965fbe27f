import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFunctions, type TemporaryBundles } from '../../../infra/bundles/bundle.ts';
import { ALL_FUNCTION_NAMES } from '../../../infra/functions.ts';
import { filesIn, loadedAtStart } from '../testing/bundle-files.ts';

let first: TemporaryBundles;
let second: TemporaryBundles;

// Both at once: several synths of one project can run at the same time.
beforeAll(async () => {
  [first, second] = await Promise.all([bundleFunctions(), bundleFunctions()]);
}, 30_000);

afterAll(() => Promise.all([first.remove(), second.remove()]));

/** A chunk's name in the code that imports it, statically or by `import()`. */
const CHUNK = /(?:from|import)\(?"\.\/(?:chunks\/)?([^"]+\.mjs)"/g;

describe.each(ALL_FUNCTION_NAMES)('the bundle of %s', (name) => {
  test('is the same, byte for byte, on every machine and at every time', () => {
    expect(filesIn(second.folderOf(name))).toEqual(filesIn(first.folderOf(name)));
  });

  test('has every chunk that it can load', () => {
    const files = filesIn(first.folderOf(name));
    const imported = Object.values(files).flatMap((text) =>
      [...text.matchAll(CHUNK)].map(([, chunk]) => chunk),
    );
    for (const chunk of imported) expect(files).toHaveProperty([`chunks/${chunk}`]);
    expect(new Set(imported).size).toBe(
      Object.keys(files).filter((file) => /^chunks.*mjs$/.test(file)).length,
    );
  });

  test('exports the handler', async () => {
    expect(filesIn(first.folderOf(name))['index.mjs']).toMatch(/export\{[^}]*\bhandler\b/);
  });
});

describe('the bundle of the webhook', () => {
  test('loads at most 340 KiB before it can answer', () => {
    const files = filesIn(first.folderOf('webhook'));
    const loaded = [...loadedAtStart(files)];
    const bytes = loaded.reduce((sum, name) => sum + Buffer.byteLength(files[name] ?? ''), 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(348_160);
    // Every import was followed: a chunk that is not found would not be counted.
    expect(loaded.filter((name) => files[name] === undefined)).toEqual([]);
  });

  test('loads no schema of zod that has methods: zod/mini is enough for it (docs/decisions/0026)', () => {
    const files = filesIn(first.folderOf('webhook'));
    const text = [...loadedAtStart(files)].map((name) => files[name]).join('\n');
    expect(text).toContain('"ZodMiniObject"');
    expect(text).not.toContain('"ZodObject"');
  });

  test('has source maps for the sources of the project only: Node reads them at every cold start', () => {
    const files = filesIn(first.folderOf('webhook'));
    const map: { sources: string[]; sourcesContent?: unknown } = JSON.parse(files['webhook.mjs.map'] ?? '');
    expect(map.sources).toContain('../../../functions/webhook/handler.ts');
    expect(map).not.toHaveProperty('sourcesContent');
    const ends = (end: string) => Object.entries(files).filter(([name]) => name.endsWith(end));
    const bytes = (some: [string, string][]) => some.reduce((sum, [, text]) => sum + text.length, 0);
    expect(bytes(ends('.map'))).toBeLessThan(bytes(ends('.mjs')) / 2);
  });

  test('contains no path of the machine that made it', () => {
    const text = Object.values(filesIn(first.folderOf('webhook'))).join('\n');
    expect(text).not.toContain(join(import.meta.dirname, '../../..'));
  });
});
