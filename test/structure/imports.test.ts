import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

/** File and what it imports. Neither has to exist: the project's rules are applied to a folder of these files only. */
const FORBIDDEN = [
  ['infra/constructs/a.ts', '../../test/testing/numbers.ts'],
  ['infra/constructs/b.ts', '../../functions/webhook/webhook.ts'],
  ['infra/docs/a.ts', '../../test/testing/numbers.ts'],
  ['infra/docs/b.ts', '../../functions/consumers/results/ask.ts'],
  ['infra/docs/c.ts', '../../shared/checklist/plan.ts'],
  ['infra/ops/logs/a.ts', '../../local/log.ts'],
  ['infra/ops/b.ts', '../../test/testing/numbers.ts'],
  ['infra/ops/c.ts', '../../functions/webhook/webhook.ts'],
  ['infra/console/a.ts', '../local/console/journal/journal.ts'],
  ['infra/console/stage/a.ts', '../../../functions/webhook/webhook.ts'],
  ['infra/running-stacks/a.ts', '../local/log.ts'],
  ['infra/running-stacks/b.ts', '../ops/run.ts'],
  ['functions/poller/a.ts', '../../infra/app.ts'],
  ['functions/poller/b.ts', '../consumers/runtime/batch.ts'],
  ['functions/webhook/a.ts', '../../shared/store/ledger.ts'],
  ['functions/consumers/results/a.ts', '../reconcile/event.ts'],
  ['shared/a.ts', '../functions/webhook/webhook.ts'],
  ['shared/events/a.ts', '../store/keys.ts'],
  ['shared/checklist/a.ts', '../store/books.ts'],
  ['shared/rate-limit/a.ts', '../ocrolus/client.ts'],
  ['shared/ocrolus/a.ts', '../store/table.ts'],
  ['shared/store/a.ts', '../reconcile/settle.ts'],
] as const;
const ALLOWED = [
  ['infra/docs/d.ts', '../../shared/events/catalog.ts'],
  ['infra/ops/d.ts', '../running-stacks/registry.ts'],
  ['infra/ops/e.ts', '../console/server.ts'],
  ['infra/console/b.ts', '../ops/run.ts'],
  ['infra/local/a.ts', '../ops/run.ts'],
  ['infra/local/b.ts', '../console/server.ts'],
  ['functions/poller/c.ts', '../../shared/store/books.ts'],
  ['shared/store/b.ts', '../events/catalog.ts'],
  ['test/a.ts', '../infra/app.ts'],
] as const;
/** A cycle of type imports only. */
const CYCLE = [
  ['shared/c.ts', './d.ts'],
  ['shared/d.ts', './c.ts'],
] as const;

let folder: string;
/** Rules that each file breaks. */
const broken = new Map<string, string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imports-'));
  await copyFile(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  await writeFile(join(folder, '.gitignore'), 'node_modules/');
  for (const [file, imported] of [...FORBIDDEN, ...ALLOWED, ...CYCLE]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `import type { T } from '${imported}';\nexport type U = T;\n`);
  }
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, [BIOME, 'lint', '--reporter=json', '.'], { cwd: folder }, (_, output) =>
      resolve(output),
    );
  });
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  for (const { category, location } of diagnostics) {
    const rules = broken.get(location.path) ?? [];
    broken.set(location.path, [...rules, category]);
  }
});

afterAll(() => rm(folder, { recursive: true }));

it.each(FORBIDDEN)('%s may not import %s', (file) => {
  expect(broken.get(file)).toEqual(['lint/style/noRestrictedImports']);
});

it.each(ALLOWED)('%s may import %s', (file) => {
  expect(broken.get(file)).toBeUndefined();
});

it('no file may import itself by way of another', () => {
  expect(CYCLE.map(([file]) => broken.get(file))).toEqual(
    CYCLE.map(() => ['lint/suspicious/noImportCycles']),
  );
});
