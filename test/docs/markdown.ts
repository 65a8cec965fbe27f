import { globSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** Every page of the repository, as paths from its root. */
export const MARKDOWN_FILES: readonly string[] = globSync(['*.md', '{docs,test}/**/*.md'], {
  cwd: ROOT,
}).sort();

/** The anchors of a page, as GitHub makes them from headings. */
export function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
