import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

/** Time for an installation from the registry, on a busy machine. */
const INSTALL_MS = 300_000;

let folder: string;
let tarball: string;
/** A lender's folder, in which only the package is installed at first. */
let app: string;

/** Runs a program as a person in `app` would: without what this test's process inherits from npm and vitest. */
function run(program: string, ...args: string[]): Promise<string> {
  return runIn(app, program, args);
}

async function runIn(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|VITEST|NODE_OPTIONS|NODE_COMPILE_CACHE|AWS_|INIT_CWD)/.test(name),
  );
  const options = { cwd, env: Object.fromEntries(inherited), maxBuffer: 2 ** 26 };
  const running = promisify(execFile)(program, args, options);
  // npm would wait for answers.
  running.child.stdin?.end();
  return (await running).stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  await runIn(PROJECT, 'npm', ['pack', '--loglevel=error', '--pack-destination', folder]);
  const [name = ''] = await readdir(folder);
  tarball = join(folder, name);
  app = await mkdtemp(join(tmpdir(), 'lending-'));
  await run('npm', 'init', '--yes');
  await run('npm', 'install', '--no-audit', '--no-fund', tarball);
}, INSTALL_MS);

afterAll(async () => {
  for (const made of [folder, app]) if (made !== undefined) await rm(made, { recursive: true, force: true });
});

test('the package is what it says: publint and are-the-types-wrong find nothing', async () => {
  const data = await readFile(tarball);
  const tarballOf = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
  expect((await publint({ pack: { tarball: tarballOf } })).messages).toEqual([]);
  const checked = await checkPackage(createPackageFromTarballData(data));
  // CommonJS loads it by `import()` only, and TypeScript's resolution of 2012 knows no entries.
  const outOfScope = ['node10', 'node16-cjs'];
  const problems = 'problems' in checked ? checked.problems : ['no types'];
  const counted = problems.filter(
    (problem) =>
      typeof problem === 'string' ||
      !('resolutionKind' in problem) ||
      !outOfScope.includes(problem.resolutionKind),
  );
  expect(counted).toEqual([]);
});

test('a reader installs neither the CDK nor what the command needs', async () => {
  expect(await readdir(join(app, 'node_modules'))).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(aws-cdk-lib|constructs|dynalite|fauxqs|hono|commander|preact)$/),
    ]),
  );
  const script = `
    const { createReader } = await import('ocrolus-webhooks/reader');
    const { signWebhook, verifyWebhook } = await import('ocrolus-webhooks/events');
    const parts = { timestamp: '1', requestId: 'a', rawBody: Buffer.from('{}') };
    const secret = 'a-secret-of-16-characters';
    const reader = await createReader({ table: 'books', bucket: 'bodies' });
    console.log(typeof reader.book, verifyWebhook(signWebhook(secret, parts), [secret], parts));`;
  expect(await run('node', '--input-type=module', '--eval', script)).toBe('function true\n');
});

/** A stage in somebody's own stack. */
const TEN_LINES = `import { App, Stack } from 'aws-cdk-lib';
import { OcrolusWebhooks } from 'ocrolus-webhooks';

const app = new App();
const stack = new Stack(app, 'Lending');
const webhooks = new OcrolusWebhooks(stack, 'Webhooks', { stage: 'dev', removalPolicy: 'destroy' });
stack.exportValue(webhooks.table.tableName);
`;

test(
  'init makes an app that compiles and synthesizes; a stage in a stack of one’s own runs here, until a book is complete',
  async () => {
    await run('npx', 'ocrolus-webhooks', 'init', '.');
    await run('npx', 'tsc', '-p', '.');
    await run('npx', 'cdk', 'synth', '--quiet', '-c', 'stage=prod');
    const assembly = await readdir(join(app, 'cdk.out'));
    expect(assembly).toContain('ocrolus-webhooks-prod.template.json');

    await writeFile(join(app, 'app.ts'), TEN_LINES);
    const said = await run('npx', 'ocrolus-webhooks', 'local', '--once');
    expect(said).toContain('Complete: nothing is missing.');
  },
  INSTALL_MS,
);
