import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, ROOT } from './markdown.ts';

/** Files that people write, and in which they may cite. */
const FILES = globSync(
  ['*.{md,json,ts}', '.ci/*', '{functions,shared,infra,test}/**/*.{ts,md,json}', 'docs/**/*.md'],
  { cwd: ROOT, exclude: ['package-lock.json', '**/citations.test.ts'] },
).sort();
const texts = FILES.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** A page of the repository with or without a heading, or a decision by its number. */
const CITATION = /\bdocs\/(?:decisions\/\d{4}(?!-|\d)|[\w./-]+\.md(?:#[\w-]+)?)/g;

/** Ways to cite that name no page, or documents that are not in the repository. */
const OUTDATED = [
  /\bdomain reference\b/gi,
  /\b(?:ocrolus:?|design(?:'s)?) sections?\b/gi,
  /\bsections? \d+/gi,
  /\(ocrolus:? \d[\d.]*/gi,
  /\(ocrolus: [a-z]+-[a-z-]+[^()]*\)/g,
  /\bocrolus help\b/gi,
  /(?<!\[)\bdecision \d{4}\b/gi,
  /\bdocs\/[a-z-]+: /g,
] as const;

const citationsIn = (text: string): string[] => text.match(CITATION) ?? [];

/** Citations of a text that are not of the form `docs/<page>.md#<heading>`, `docs/decisions/<number>` or a URL. */
function outdatedIn(text: string): string[] {
  // A comment may be wrapped within a citation.
  const flat = text.replaceAll(/\s*\n\s*(?:\*|\/\/)?[ \t]*/g, ' ');
  return OUTDATED.flatMap((form) => flat.match(form) ?? []);
}

/** @returns why a citation leads nowhere, or `undefined`. */
function problemWith(citation: string): string | undefined {
  if (/^docs\/decisions\/\d{4}$/.test(citation)) {
    return globSync(`${citation}-*.md`, { cwd: ROOT }).length === 1 ? undefined : 'no such decision';
  }
  const [page = '', anchor] = citation.split('#');
  if (!existsSync(join(ROOT, page))) return 'no such page';
  if (anchor === undefined) return undefined;
  const anchors = anchorsOf(texts.find(({ file }) => file === page)?.text ?? '');
  return anchors.includes(anchor) ? undefined : 'no such heading';
}

test('every citation leads to a page, and to a heading of it', () => {
  const cited = texts.flatMap(({ file, text }) => citationsIn(text).map((citation) => ({ file, citation })));
  expect(cited.length).toBeGreaterThan(150);
  const problems = new Map(cited.map(({ citation }) => [citation, problemWith(citation)]));
  const broken = cited.filter(({ citation }) => problems.get(citation) !== undefined);
  expect(broken.map(({ file, citation }) => `${file}: ${citation}: ${problems.get(citation)}`)).toEqual([]);
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

test.each([
  ['docs/ocrolus.md#retries', undefined],
  ['docs/ocrolus.md#no-such-heading', 'no such heading'],
  ['docs/no-such-page.md', 'no such page'],
  ['docs/decisions/0028', undefined],
  ['docs/decisions/9999', 'no such decision'],
])('%s: %s', (citation, problem) => {
  expect(problemWith(citation)).toBe(problem);
});

test.each([
  ...[
    '(domain\n * reference 12.11)',
    '(RFC 8259, section 8.1)',
    '(ocrolus: sections 3 and 4)',
    '(ocrolus 8.3)',
  ],
  ...[
    '(ocrolus: secure-webhook-urls)',
    '(ocrolus help: article 1)',
    'decision 0019',
    '(docs/decisions: page sets)',
  ],
])('outdated: %j', (text) => {
  expect(outdatedIn(text)).not.toEqual([]);
});
