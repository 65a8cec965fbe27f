import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCS, generatedFiles } from '../../infra/docs/write-docs.ts';

const generated = generatedFiles();

test.each(Object.keys(generated))('docs/%s is what the code says (else: npm run docs)', (path) => {
  expect(readFileSync(join(DOCS, path), 'utf8')).toBe(generated[path]);
});

test('docs/schemas has no schema of an item that does not exist any more', () => {
  const names = readdirSync(join(DOCS, 'schemas'), { encoding: 'utf8', recursive: true });
  const written = names.filter((name) => name.endsWith('.json')).map((name) => `schemas/${name}`);
  expect(Object.keys(generated)).toEqual(expect.arrayContaining(written));
});
