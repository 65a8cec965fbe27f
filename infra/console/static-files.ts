import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Beside the package's description, also where modules were built into another folder. */
const RUNBOOK = new URL('docs/runbook.md', import.meta.resolve('ocrolus-webhooks/package.json'));

const INDEX = readFileSync(join(PAGE, 'index.html'), 'utf8');

/** The import map of the page. Packages are served as npm installed them, without a build. */
export const IMPORT_MAP = /<script type="importmap">(.*?)<\/script>/s.exec(INDEX)?.[1] ?? '';

/** Modules of other packages. */
const MODULES = Object.keys(JSON.parse(IMPORT_MAP).imports);

/** @param path below the token, without a leading slash. @returns `undefined` if there is no such file. */
export async function staticFile(path: string) {
  const module = MODULES.find((name) => path === `modules/${name}.js`);
  const file = module === undefined ? pageFile(path) : fileURLToPath(import.meta.resolve(module));
  if (file === undefined) return undefined;
  const type = TYPES[module === undefined ? extname(file) : '.js'];
  const body = await readFile(file).catch(() => undefined);
  return type === undefined || body === undefined ? undefined : { type, body };
}

function pageFile(path: string): string | undefined {
  if (path === '') return join(PAGE, 'index.html');
  // Plain names only, so that no path leads out of the folder.
  return /^([a-z][a-z-]*\/)*[a-z][a-z-]*\.(js|css|svg)$/.test(path) ? join(PAGE, path) : undefined;
}

/** A section of the runbook by its heading, in Markdown. @returns `undefined` if there is none. */
export async function runbookSection(name: string): Promise<string | undefined> {
  const runbook = await readFile(RUNBOOK, 'utf8');
  return runbook.split(/^(?=## )/m).find((section) => section.startsWith(`## ${name}\n`));
}
