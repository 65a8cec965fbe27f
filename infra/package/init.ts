import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = fileURLToPath(new URL('./template', import.meta.url));

/** What this package was tested with. */
const { name, version, devDependencies, peerDependencies } = createRequire(import.meta.url)(
  'ocrolus-webhooks/package.json',
) as Record<'name' | 'version', string> &
  Record<'devDependencies' | 'peerDependencies', Record<string, string>>;

const USAGE =
  'Usage: ocrolus-webhooks init <folder>\n\nMakes a CDK app that receives Ocrolus webhooks, in a new folder.';

/** Makes a CDK app in a folder, and installs what it needs. @returns the exit status. */
export function init(args: readonly string[]): number {
  const [folder = '', ...others] = args;
  if (folder === '' || folder.startsWith('-') || others.length > 0) {
    const isHelp = args.includes('--help') || args.includes('-h');
    (isHelp ? console.log : console.error)(USAGE);
    return isHelp ? 0 : 2;
  }
  const target = resolve(folder);
  const existing = existsSync(target) ? readdirSync(target) : [];
  const isOurs = (file: string) =>
    ['package.json', 'package-lock.json', 'node_modules', '.git'].includes(file);
  const inTheWay = existing.filter((file) => !isOurs(file));
  if (inTheWay.length > 0) {
    console.error(`${target} is not empty: it has ${inTheWay.join(', ')}`);
    return 1;
  }
  cpSync(TEMPLATE, target, { recursive: true });
  // npm leaves a `.gitignore` out of packages.
  renameSync(join(target, 'gitignore'), join(target, '.gitignore'));
  writePackageJson(target);
  const { status } = spawnSync('npm', ['install'], {
    cwd: target,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const next = `cd ${folder}\n  ${status === 0 ? '' : 'npm install\n  '}npx ocrolus-webhooks local`;
  console.log(`\nMade a CDK app in ${target}. Next:\n\n  ${next}\n`);
  return status ?? 1;
}

/** Keeps what the folder's `package.json` has, such as the version of this package that is installed. */
function writePackageJson(target: string): void {
  const path = join(target, 'package.json');
  const existing = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const needed = [...Object.keys(peerDependencies), 'aws-cdk', 'node', 'typescript', '@types/node'];
  const packages = Object.fromEntries(needed.sort().map((needs) => [needs, devDependencies[needs]]));
  const content = {
    name: basename(target).toLowerCase(),
    version: '0.0.0',
    private: true,
    ...existing,
    type: 'module',
    scripts: {
      start: 'ocrolus-webhooks local',
      local: 'ocrolus-webhooks local --alone',
      ops: 'ocrolus-webhooks',
      check: 'tsc -p .',
      synth: 'cdk synth --quiet',
      ...existing.scripts,
    },
    dependencies: { [name]: version, ...packages, ...existing.dependencies },
    allowScripts: { node: true, 'classic-level': false, ...existing.allowScripts },
  };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}
