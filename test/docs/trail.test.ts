import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The source files to which a part of a page links, from the root, in order. */
function filesIn(page: string, from: string, to: string): string[] {
  const text = read(page);
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`${page} has no "${from}" before "${to}"`);
  const links = text.slice(start, end).matchAll(/\]\(([^)\s]+\.ts)\)/g);
  return [...links].map(([, link = '']) => join(dirname(page), link));
}

/** Values that a file imports from other files of the repository, as paths from the root. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^import (?!type)[^;]*? from '(\.[^']+)';$/gm)].map(([, path = '']) =>
    join(dirname(file), path),
  );
}

/** Files between a webhook and a stored result, in docs/design.md. */
const trail = filesIn('docs/design.md', '### One event, file by file', 'What else is written');
/** True for a file where a Lambda begins, which no file imports: the webhook and, behind the queue, the consumer. */
const isEntryPoint = (file: string) => trail.indexOf(file) === 0 || file.includes('/channels/');

test('each file of the trail of one event is called by a file before it', () => {
  expect(trail.length).toBeGreaterThan(5);
  const called = trail.filter(
    (file, n) => isEntryPoint(file) || trail.slice(0, n).flatMap(importsOf).includes(file),
  );
  expect(trail).toEqual(called);
});

test('the README shows five files of the trail, in order', () => {
  const shown = filesIn('README.md', 'Five of the files', '| folder | holds |');
  expect(shown).toHaveLength(5);
  expect(trail.filter((file) => shown.includes(file))).toEqual(shown);
});
