/**
 * Builds the npm package into `dist`: modules and types for Node.js, the page of the console, the bundles of the functions, and
 * the app that `init` makes. Users of the package then need neither a compiler nor esbuild. `npm pack` runs this file.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../bundles/bundle.ts';
import { FEATURE_FLAGS } from '../config/feature-flags.ts';
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
writeTemplate(join(DIST, 'infra/package/template'));
const bundles = await bundleFunctions();
try {
  for (const name of ALL_FUNCTION_NAMES)
    cpSync(bundles.folderOf(name), join(DIST, 'bundles', name), { recursive: true });
} finally {
  await bundles.remove();
}

/** The app that `init` makes: its own files, and this project's stages and flags of CDK, so that it gets the same template. */
function writeTemplate(folder: string): void {
  cpSync(join(PROJECT, 'infra/package/template'), folder, { recursive: true });
  const stages = join(PROJECT, 'infra/stages');
  mkdirSync(join(folder, 'stages'));
  for (const name of readdirSync(stages)) {
    const text = readFileSync(join(stages, name), 'utf8');
    writeFileSync(
      join(folder, 'stages', name),
      text.replace("'../config/settings.ts'", "'ocrolus-webhooks'"),
    );
  }
  const cdk = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8'));
  const own = { app: 'node app.ts', watch: { include: ['app.ts', 'stages/**'] } };
  const context = { ...FEATURE_FLAGS, ...cdk.context };
  writeFileSync(join(folder, 'cdk.json'), `${JSON.stringify({ ...cdk, ...own, context }, null, 2)}\n`);
}
