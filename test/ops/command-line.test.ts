import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

let empty = '';
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'ops-'));
});
afterAll(() => rm(empty, { recursive: true }));

async function ops(...words: string[]) {
  const child = spawn(process.execPath, ['infra/ops/ops.ts', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>((exited) => child.on('exit', exited));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, stdout, stderr };
}

describe.concurrent('a wrong call is told with the usage on standard error, and status 1', () => {
  test.each([
    [[], 'no command'],
    [['explode'], 'no command explode'],
    [['constructor'], 'no command constructor'],
    [['__proto__'], 'no command __proto__'],
    [['queues', '--no-such-flag'], '--no-such-flag'],
    [['queues', '--book', 'x'], '--book'],
    [['send', 'book.verified', '--book'], '--book'],
  ])('%j', async (words, message) => {
    const { status, stdout, stderr } = await ops(...words);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    for (const usage of ['book <uuid>', 'result <uuid> <kind>', 'queues', 'send <event>', 'poll']) {
      expect(stderr).toContain(usage);
    }
  });
});

it('the usage tells of each command when its exit status is 0', async () => {
  const { stderr } = await ops();
  const commands = stderr.split(/^ {2}(?=[a-z])/m).slice(1);
  expect(commands.map((text) => text.split(/\s/)[0])).toEqual([
    ...[
      'book',
      'result',
      'queues',
      'send',
      'dlq',
      'redrive',
      'replay',
      'forget',
      'poll',
      'register',
      'unregister',
      'registration',
      'protect',
    ],
  ]);
  for (const text of commands) expect(text).toMatch(/^ {6}Status 0: \S/m);
});

it('without a stack there is nothing on standard output, and status 1', async () => {
  const { status, stdout, stderr } = await ops('queues', '--json', '--data', empty);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('no local stack runs');
  expect(stderr).not.toContain('npm run -s ops');
});
