import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './markdown.ts';

/** The links to source files in a page, from the root, in order. */
function filesIn(page: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+\.ts)\)/g)].map(([, link = '']) => join(dirname(page), link));
}

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

function sectionOf(page: string, from: string, to: string): string {
  const text = read(page);
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`${page} has no "${from}" before "${to}"`);
  return text.slice(start, end);
}

const trail = filesIn(
  'docs/design.md',
  sectionOf('docs/design.md', '### One event, file by file', 'What else is written'),
);

/** Values that a file imports from other files of the repository, as paths from the root. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^import (?!type)[^;]*? from '(\.[^']+)';$/gm)].map(([, path = '']) =>
    join(dirname(file), path),
  );
}

describe('the trail of one event', () => {
  test('begins with the webhook and ends where a result is written', () => {
    expect(trail.at(0)).toBe('functions/webhook/handler.ts');
    expect(trail.at(-1)).toBe('shared/store/results.ts');
  });

  test('has at most 12 files', () => {
    expect(trail.length).toBeLessThanOrEqual(12);
  });

  test('leaves out no file: the consumer calls each file from the one before it', () => {
    const consumer = trail.slice(trail.indexOf('functions/consumers/channels/doc-verified.ts'));
    expect(consumer[0]).toBe('functions/consumers/channels/doc-verified.ts');
    const steps = consumer.slice(1).map((file, n) => ({ from: consumer[n] ?? '', file }));
    expect(steps.filter(({ from, file }) => !importsOf(from).includes(file))).toEqual([]);
  });

  test.each(trail.slice(1).map((file, n) => ({ file, before: trail.slice(0, n + 1) })))(
    '$file is called by a file before it',
    ({ file, before }) => {
      // The queue is between the webhook and the consumer.
      if (file.startsWith('functions/consumers/channels/')) return;
      expect(before.flatMap(importsOf)).toContain(file);
    },
  );

  test('the README shows five files of it, in order', () => {
    const shown = filesIn('README.md', sectionOf('README.md', 'Five of the files', '| folder | holds |'));
    expect(shown).toHaveLength(5);
    expect(trail.filter((file) => shown.includes(file))).toEqual(shown);
  });
});
