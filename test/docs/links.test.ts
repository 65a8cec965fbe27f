import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../infra/docs/generated-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const generated = Object.keys(await generatedFiles()).filter((path) => path.endsWith('.md'));
/** Pages that link to generated ones, and these. */
const PAGES = ['README.md', ...['data-model', 'operations', 'runbook'].map((name) => `docs/${name}.md`)];

test.each([...PAGES, ...generated.map((path) => `docs/${path}`)])(
  'every link of %s leads somewhere',
  (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) =>
      /^https?:/.test(link) ? [] : [link],
    );
    const broken = links.filter((link) => !leadsSomewhere(path, link));
    expect(broken).toEqual([]);
  },
);

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, target), 'utf8')).includes(anchor);
}

/** As GitHub makes them from headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
