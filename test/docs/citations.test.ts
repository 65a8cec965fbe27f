import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { citationsIn, outdatedIn, problemWith } from './citations.ts';
import { ROOT } from './markdown.ts';

/** Files that people write, and in which they may cite. */
const FILES = globSync(
  ['*.{md,json,ts}', '.ci/*', '{functions,shared,infra,test}/**/*.{ts,md,json}', 'docs/**/*.md'],
  { cwd: ROOT, exclude: ['package-lock.json', '**/citations.test.ts'] },
).sort();

const texts = FILES.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

test('every citation leads to a page, and to a heading of it', () => {
  const cited = texts.flatMap(({ file, text }) => citationsIn(text).map((citation) => ({ file, citation })));
  expect(cited.length).toBeGreaterThan(150);
  const broken = cited.flatMap(({ file, citation }) => {
    const problem = problemWith(citation);
    return problem === undefined ? [] : [`${file}: ${citation}: ${problem}`];
  });
  expect(broken).toEqual([]);
});

test('nothing is cited in another form', () => {
  const outdated = texts.flatMap(({ file, text }) => outdatedIn(text).map((form) => `${file}: ${form}`));
  expect(outdated).toEqual([]);
});

test('every section about Ocrolus is cited', () => {
  const others = texts.filter(({ file }) => file !== 'docs/ocrolus.md');
  const cited = new Set(others.flatMap(({ text }) => citationsIn(text)));
  const page = readFileSync(join(ROOT, 'docs/ocrolus.md'), 'utf8');
  const sections = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
  const uncited = sections.filter(
    (heading) => !cited.has(`docs/ocrolus.md#${heading.toLowerCase().replaceAll(' ', '-')}`),
  );
  expect(uncited).toEqual([]);
});

describe('what counts as a citation', () => {
  test.each([
    ['/** Why (docs/ocrolus.md#retries). */', ['docs/ocrolus.md#retries']],
    [
      '// docs/decisions/0028 says why, and docs/data-model.md.',
      ['docs/decisions/0028', 'docs/data-model.md'],
    ],
    ['see https://docs.ocrolus.com/docs/webhook-overview', []],
  ])('%s', (text, citations) => {
    expect(citationsIn(text)).toEqual(citations);
  });

  test.each([
    ['docs/ocrolus.md#retries', undefined],
    ['docs/ocrolus.md#no-such-heading', 'no such heading'],
    ['docs/no-such-page.md', 'no such page'],
    ['docs/decisions/0028', undefined],
    ['docs/decisions/9999', 'no such decision'],
    ['docs/decisions/0028-one-rule.md', undefined],
  ])('%s: %s', (citation, problem) => {
    expect(problemWith(citation)).toBe(problem);
  });

  test.each([
    '(ocrolus: section 5)',
    '(ocrolus section 12.9)',
    '(ocrolus: sections 3 and 4)',
    '(ocrolus 8.3)',
    '(ocrolus: secure-webhook-urls)',
    '/** Ocrolus: section 9.2. */',
    '(domain reference 12.11)',
    '(domain\n * reference section 2)',
    '(design\n * section 4)',
    "the design's section 5.3",
    '(ocrolus help: article 1)',
    'see decision 0019',
    '(RFC 8259, section 8.1)',
    '(docs/decisions: page sets)',
  ])('outdated: %j', (text) => {
    expect(outdatedIn(text)).not.toEqual([]);
  });

  test.each([
    '{ clock, ocrolus: stage.ocrolus }',
    'the settings have sections',
    '[decision 0028](docs/decisions/0028-one-rule.md)',
    'By design, this is idempotent.',
  ])('in order: %s', (text) => {
    expect(outdatedIn(text)).toEqual([]);
  });
});
