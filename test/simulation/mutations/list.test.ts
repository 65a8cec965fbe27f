import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTATIONS } from './list/all.ts';

test('the line that each mutation changes exists exactly once', () => {
  const lost = MUTATIONS.filter(({ file, search }) => readFileSync(file, 'utf8').split(search).length !== 2);
  expect(lost.map(({ file, why }) => `${file}: ${why}`)).toEqual([]);
});

test('each mutation has its own reason', () => {
  expect(new Set(MUTATIONS.map(({ why }) => why)).size).toBe(MUTATIONS.length);
});
