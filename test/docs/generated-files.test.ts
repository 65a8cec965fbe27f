import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCS, generatedFiles } from '../../infra/docs/generated-files.ts';
import { EVENT_NAMES, RESULT_KINDS } from '../../shared/events/catalog.ts';
import { KINDS } from '../../shared/events/result-kinds.ts';

const generated = generatedFiles();

test.each(Object.keys(generated))('docs/%s is what the code says (else: npm run docs)', (path) => {
  expect(readFileSync(join(DOCS, path), 'utf8')).toBe(generated[path]);
});

test('docs/schemas has no schema of an item that does not exist any more', () => {
  const written = readdirSync(join(DOCS, 'schemas')).map((name) => `schemas/${name}`);
  expect(Object.keys(generated)).toEqual(expect.arrayContaining(written));
});

test('docs/events.md has a row for each event, and two for each kind of result and what it is of', () => {
  const rows = Map.groupBy(generated['events.md']?.match(/^\| `[^`]+`/gm) ?? [], (row) => row);
  const count = (name: string) => rows.get(`| \`${name}\``)?.length;
  expect(EVENT_NAMES.filter((name) => count(name) !== 1)).toEqual([]);
  expect(RESULT_KINDS.filter((kind) => count(kind) !== 2 * KINDS[kind].of.length)).toEqual([]);
});
