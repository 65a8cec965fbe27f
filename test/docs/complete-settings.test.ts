import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseSettings } from '../../infra/config/load.ts';
import productionSettings from '../../infra/config/prod.ts';
import { ROOT } from './markdown.ts';

const guide = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const [, prod = ''] = /```ts\n([\s\S]*?satisfies SettingsInput;\n)```/.exec(guide) ?? [];

const folder = mkdtempSync(join(tmpdir(), 'guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler says of the settings, beside the real type. */
function errorsOf(settings: string): string {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'prod.ts'), settings);
  writeFileSync(join(folder, 'settings.ts'), `export * from '${ROOT}/infra/config/settings.ts';\n`);
  const tsconfig = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
    include: ['prod.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    return '';
  } catch (error) {
    return String((error as { readonly stdout?: Buffer }).stdout);
  }
}

test('the settings of the guide compile', () => {
  expect(errorsOf(prod)).toBe('');
  expect(errorsOf(prod.replace('discoverFrom', 'discoverForm'))).toContain("'discoverForm' does not exist");
});

test('the settings of the guide are accepted, keep those of infra/config/prod.ts, and decide eight things', async () => {
  const module = stripTypeScriptTypes(prod, { mode: 'strip' });
  const { default: settings } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
  expect(() => parseSettings(settings, 'prod')).not.toThrow();
  expect(settings).toMatchObject(productionSettings);
  expect(Object.keys(settings).filter((name) => !(name in productionSettings))).toHaveLength(8);
});
