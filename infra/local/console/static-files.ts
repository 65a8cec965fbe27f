import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/** Modules of other packages, by the names that the page's own modules use. */
const MODULES: Readonly<Record<string, string>> = {
  preact: 'preact',
  'preact/hooks': 'preact/hooks',
  htm: 'htm',
  'htm/preact': 'htm/preact',
  // Its package.json does not declare its ES module for Node.js.
  uplot: 'uplot/dist/uPlot.esm.js',
};
const UPLOT_STYLE = 'uplot/dist/uPlot.min.css';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The import map of the page. Packages are served as npm installed them, without a build. */
export const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.keys(MODULES).map((name) => [name, `./modules/${name}.js`])),
});

/** @param path below the token, without a leading slash. @returns `undefined` if there is no such file. */
export async function staticFile(path: string) {
  if (path === '') {
    const html = await readFile(join(PAGE, 'index.html'), 'utf8');
    return { type: TYPES['.html'] ?? '', body: Buffer.from(html.replace('"IMPORT_MAP"', () => IMPORT_MAP)) };
  }
  const module = Object.entries(MODULES).find(([name]) => path === `modules/${name}.js`)?.[1];
  const file = module === undefined ? pageFile(path) : fileURLToPath(import.meta.resolve(module));
  if (file === undefined) return undefined;
  const type = TYPES[module === undefined ? extname(file) : '.js'];
  const body = await readFile(file).catch(() => undefined);
  return type === undefined || body === undefined ? undefined : { type, body };
}

function pageFile(path: string): string | undefined {
  if (path === 'uplot.css') return fileURLToPath(import.meta.resolve(UPLOT_STYLE));
  // Plain names only, so that no path leads out of the folder.
  return /^([a-z][a-z-]*\/)*[a-z][a-z-]*\.(js|css|svg)$/.test(path) ? join(PAGE, path) : undefined;
}
