import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('../', import.meta.url).pathname;

/** Ocrolus itself: what the judge knows of it. */
const MODEL = 'infra/local/ocrolus/model/';

/** The modules of the product that a file imports. */
function productImports(file: string): string[] {
  const imports = readFileSync(ROOT + file, 'utf8').matchAll(
    /from '(?:\.\.\/)+((?:shared|functions|infra)\/[^']+)'/g,
  );
  return [...imports].map(([, path = '']) => path).filter((path) => !path.startsWith(MODEL));
}

test('the oracle knows the product by its entries only', () => {
  const files = globSync('oracle/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const dependent = files.filter((file) => productImports(file).length > 0);
  expect(dependent.map((file) => basename(file))).toEqual(['entries.ts']);
});

test('the model of Ocrolus, and the scripts that use it, know nothing of the product', () => {
  const files = globSync('ocrolus/**/*.ts', { cwd: ROOT });
  expect(files.flatMap(productImports)).toEqual([]);
  const modelFiles = globSync(`../../${MODEL}*.ts`, { cwd: ROOT });
  expect(modelFiles.length).toBeGreaterThan(10);
  const imports = modelFiles.flatMap((file) => [
    ...readFileSync(ROOT + file, 'utf8').matchAll(/ from '([^']+)'/g),
  ]);
  expect(imports.map(([, path = '']) => path).filter((path) => !path.startsWith('./'))).toEqual([]);
});

/** How the product is called: its functions, what they are given, and what they are built from in a deployment. */
const WAYS_IN = [
  /^functions\/consumers\/runtime\/(consume|dependencies|settings)\.ts$/,
  /^functions\/poller\/(backfill|poll|dependencies|settings)\.ts$/,
  /^functions\/publisher\/changes\.ts$/,
  /^functions\/webhook\//,
  /^infra\/ops\//,
  /^shared\/(ports|queue|settings|failure|backfill)\.ts$/,
  /^shared\/secrets\/(signature|cached-secret|webhook-secret)\.ts$/,
  /^shared\/store\/(condition|table)\.ts$/,
  /^shared\/store\/bodies\/result-bodies\.ts$/,
  /^shared\/events\/(channels|envelope|queue-message)\.ts$/,
  /^shared\/telemetry\//,
];

test('the simulated system calls the product by its ways in only', () => {
  const files = globSync('{system,kernel,faults,world}/**/*.ts', { cwd: ROOT });
  const others = files
    .filter((file) => !file.includes('.test.') && !file.includes('/testing/'))
    .flatMap(productImports)
    .filter((path) => !WAYS_IN.some((way) => way.test(path)));
  expect([...new Set(others)]).toEqual([]);
});
