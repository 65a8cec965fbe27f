import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

/** Starts the file behind `npx ocrolus-webhooks`. */
function help() {
  // As npm puts it into the PATH.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(resolve(packageJson.bin['ocrolus-webhooks']), ['--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Vitest may set it for its own reports.
    env: { ...process.env, PATH, FORCE_COLOR: undefined, NO_COLOR: undefined },
  });
  return { child, exited: once(child, 'exit') };
}

it('prints without colours if standard output is not a terminal', async () => {
  const { child, exited } = help();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stdout).toMatch(/^Usage: ops /);
  expect(stdout + stderr).not.toContain('\x1b');
  expect(await exited).toEqual([0, null]);
});

it('ends quietly if its reader goes away', async () => {
  const { child, exited } = help();
  child.stdout.destroy();
  expect(await text(child.stderr)).toBe('');
  expect(await exited).toEqual([0, null]);
});

it('takes --data from the folder that npm was called in, and fails with status 1', async () => {
  const words = ['run', '-s', 'ops', '--', 'queues', '--data', '../no-such-stack'];
  const env = { ...process.env, npm_package_json: undefined };
  const done = promisify(execFile)('npm', words, { cwd: resolve('docs'), env });
  await expect(done).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`no local stack runs in ${resolve('no-such-stack')}: start one with`),
  });
});
