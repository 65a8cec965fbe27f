/**
 * Builds the npm package into `dist`: modules and types for Node.js, the page of the console, and the bundles of the functions,
 * so that whoever uses the package needs neither TypeScript nor esbuild. `npm pack` runs it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../bundle.ts';
import { ALL_FUNCTION_NAMES } from '../functions.ts';

const PROJECT = join(import.meta.dirname, '../..');
const DIST = join(PROJECT, 'dist');

rmSync(DIST, { recursive: true, force: true });
const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
// Types are for users of the package: only what its entries show.
for (const config of ['tsconfig.json', 'tsconfig.types.json'])
  execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, config)], { stdio: 'inherit' });
// It is imported by the package's name.
rmSync(join(DIST, 'package.json'), { force: true });
cpSync(join(PROJECT, 'infra/console/page'), join(DIST, 'infra/console/page'), { recursive: true });
cpSync(join(PROJECT, 'infra/package/template'), join(DIST, 'infra/package/template'), { recursive: true });
const bundles = await bundleFunctions();
try {
  for (const name of ALL_FUNCTION_NAMES)
    cpSync(bundles.folderOf(name), join(DIST, 'bundles', name), { recursive: true });
} finally {
  await bundles.remove();
}
