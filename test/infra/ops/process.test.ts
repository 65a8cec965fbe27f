import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startHttpServer } from './http-server.ts';

/** Starts the file behind `ops`. */
function help() {
  // As npm puts it into the PATH.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(resolve('infra/ops/ops.ts'), ['--help'], {
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

it('ends the console of a stage with Ctrl-C, although AWS does not answer', async () => {
  const outputs = {
    ...{ TableName: 'books', BucketName: 'bodies', WebhookUrls: '{}', QueueUrls: '{}' },
    ...{ DeadLetterQueueUrls: '{}', FunctionNames: '{}', WebhookSecretArns: '{}' },
  };
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const result = `<DescribeStacksResult><Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult>`;
  const isAsked = Promise.withResolvers<void>();
  const aws = await startHttpServer(({ body }) => {
    if (body.toString().includes('Action=DescribeStacks'))
      return { status: 200, body: `<DescribeStacksResponse>${result}</DescribeStacksResponse>` };
    isAsked.resolve();
    return new Promise(() => {});
  });
  const access = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  const child = spawn(process.execPath, [resolve('infra/ops/ops.ts'), 'console', '--stage', 'prod'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...access, AWS_ENDPOINT_URL: aws.url },
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const url = /http:\S+/.exec(String(line))?.[0] ?? '';
  const page = expect(fetch(`${url}api/live`).then((answer) => answer.text())).rejects.toThrow();
  await isAsked.promise;
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  await page;
  await aws.close();
});
