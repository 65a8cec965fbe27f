import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../infra/docs/generated-files.ts';
import { anchorsOf, MARKDOWN_FILES, ROOT } from './markdown.ts';

const generated = Object.keys(generatedFiles()).filter((path) => path.endsWith('.md'));

test('generated pages are among the pages', () => {
  expect(MARKDOWN_FILES).toEqual(expect.arrayContaining(generated.map((path) => `docs/${path}`)));
});

test.each(MARKDOWN_FILES)('every link of %s leads somewhere', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) =>
    /^https?:/.test(link) ? [] : [link],
  );
  expect(links.filter((link) => !leadsSomewhere(path, link))).toEqual([]);
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, target), 'utf8')).includes(anchor);
}
