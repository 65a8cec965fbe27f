import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startHttpServer } from './http-server.ts';
import { awsEnvironment, describedStack } from './testing/aws.ts';

it('ends quietly if its reader goes away', async () => {
  const child = spawn(process.execPath, [resolve('infra/run-ops.ts'), '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Vitest may set it for its own reports.
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined },
  });
  const exited = once(child, 'exit');
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
  const isAsked = Promise.withResolvers<void>();
  const aws = await startHttpServer(({ body }) => {
    if (body.toString().includes('Action=DescribeStacks')) return describedStack(outputs);
    isAsked.resolve();
    return new Promise(() => {});
  });
  const child = spawn(process.execPath, [resolve('infra/run-ops.ts'), 'console', '--stage', 'prod'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...awsEnvironment(aws.url) },
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
