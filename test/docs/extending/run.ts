import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ProjectCopy } from '../../simulation/mutations/project-copy.ts';
import { follow, readSteps, type Step, undo } from './recipe.ts';

/**
 * `npm run recipes`: follows docs/extending.md in a copy of the project. All steps together must compile and pass the
 * tests; without any one of them, the compiler or the test that the step names must fail.
 */

const TESTS = ['test/events', 'test/docs/events', 'test/infra/settings.test.ts'];
const COMPILER = 'compiler:';
const exec = promisify(execFile);

using copy = new ProjectCopy();
const { root } = copy;
const steps = readSteps(readFileSync(join(root, 'docs/extending.md'), 'utf8'));
const commands = steps.filter(({ file }) => file === undefined);
const edits = steps.filter(({ file }) => file !== undefined);
const problems: string[] = [];
const failures = new Map<string, Promise<string | undefined>>();

for (const step of edits) follow(root, step);
// The pages are stale now, which is what forgetting the last steps means.
for (const command of commands) await expectTestsToFail(command);
for (const line of new Set(commands.flatMap(({ text }) => text.trim().split('\n')))) await runCommand(line);
await expectAllToPass();
await expectErrors();
for (const step of edits.filter(({ caught }) => !caught.startsWith(COMPILER))) {
  undo(root, step);
  await expectTestsToFail(step);
  follow(root, step);
}
for (const problem of problems) console.error(problem);
console.log(`${steps.length} steps, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function expectAllToPass(): Promise<void> {
  report(await failureOf(...compile()), 'all steps together do not compile');
  const named = steps.flatMap(({ caught }) => (caught.startsWith(COMPILER) ? [] : caught.split(',')));
  report(await failureOf(...vitest([...TESTS, ...new Set(named)])), 'all steps together fail tests');
}

/**
 * Several steps are forgotten at once, and each must have its error: definitions, whose error is where they are used, and
 * uses, whose error is in their own file.
 */
async function expectErrors(): Promise<void> {
  const compiled = edits.filter(({ caught }) => caught.startsWith(COMPILER));
  const isUse = ({ file, caught }: Step) => caught === `${COMPILER}${file}`;
  for (const group of [compiled.filter(isUse), compiled.filter((step) => !isUse(step))]) {
    for (const step of group) undo(root, step);
    const errors = (await failureOf(...compile())) ?? '';
    for (const step of group) {
      const where = step.caught.slice(COMPILER.length);
      const isCaught = errors.split('\n').some((line) => line.startsWith(`${where}(`));
      saysForgotten(step, isCaught);
      follow(root, step);
    }
  }
}

async function expectTestsToFail(step: Step): Promise<void> {
  for (const test of step.caught.split(',')) {
    const key = step.file === undefined ? test : `${step.file} ${test}`;
    // Commands that recipes have in common are forgotten once.
    const failure = failures.get(key) ?? failureOf(...vitest([test]));
    failures.set(key, failure);
    saysForgotten(step, (await failure) !== undefined, test);
  }
}

function saysForgotten({ recipe, file, text, caught }: Step, isCaught: boolean, by = caught): void {
  const name = `${recipe}: ${file ?? text.trim().replaceAll('\n', ', ')}`;
  console.log(`${isCaught ? 'caught' : 'NOT CAUGHT'}  ${name}  (${by})`);
  if (!isCaught) problems.push(`${name}: forgetting it is not noticed by ${by}`);
}

function report(failure: string | undefined, problem: string): void {
  console.log(`${failure === undefined ? 'passed' : 'FAILED'}  all steps`);
  if (failure !== undefined) problems.push(`${problem}:\n${failure}`);
}

function compile(): [string, string[]] {
  return [
    'node_modules/typescript/bin/tsc',
    ['-p', '.', '--incremental', '--tsBuildInfoFile', '.tsbuildinfo'],
  ];
}

function vitest(files: readonly string[]): [string, string[]] {
  return ['node_modules/vitest/vitest.mjs', ['run', '--reporter=dot', ...files]];
}

async function runCommand(line: string): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const [, script = ''] = scripts[line.replace('npm run ', '')]?.split(' ') ?? [];
  report(await failureOf(script, []), line);
}

/** @returns the output of a command that fails, or `undefined`. */
async function failureOf(script: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await exec(process.execPath, [script, ...args], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    return `${stdout}${stderr}`;
  }
}
