import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXCUSES } from './excuses.ts';

const unwrapped = (text: string) => text.replaceAll(/\s+/g, ' ');

test('each excuse quotes a document that allows it', () => {
  const misquoted = Object.entries(EXCUSES).filter(
    ([, { document, words }]) => !unwrapped(readFileSync(document, 'utf8')).includes(words),
  );
  expect(misquoted.map(([name]) => name)).toEqual([]);
});
