import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { runCommand } from '../../infra/command-line/commands.ts';
import { createProgram } from '../../infra/ops/program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { BackfillRequest } from '../../shared/backfill.ts';
import { startHttpServer } from './http-server.ts';

let empty = '';
beforeAll(async () => {
  // Vitest may set it for its own reports.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', '1');
  empty = await mkdtemp(join(tmpdir(), 'ops-'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(empty, { recursive: true });
});

/** The file that `npx ocrolus-webhooks` runs. */
function start(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  // As npm puts it into the PATH.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  return spawn(resolve(packageJson.bin['ocrolus-webhooks']), words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: undefined, PATH, ...env },
  });
}

async function ops(words: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = start(words, env);
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await exited;
  return { status, stdout, stderr };
}

const NAMES = createProgram(async () => {}).commands.map((command) => command.name());

/** Prints help in this process, where nothing may run. */
async function helpOf(...words: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  const program = createProgram(async () => {
    throw new Error('it ran');
  });
  await runCommand(program, words).finally(() => spy.mockRestore());
  return written.join('');
}

describe('help', () => {
  it.each(NAMES)('of %s has a description, examples, and says when the exit status is 0', async (name) => {
    const help = await helpOf('help', name);
    expect(help).toMatch(/^Usage: ops /);
    expect(help).toMatch(/^Examples:\n {2}# \S.*\n {2}(\w+=\S+ )?ops /m);
    expect(help).toMatch(/^Exit status 0: \S/m);
    expect(await helpOf(name, '--help')).toBe(help);
  });

  it('of the program names every command and the exit statuses', async () => {
    const help = await helpOf('--help');
    for (const name of NAMES) expect(help).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
    expect(help).toContain('Exit status: 0');
    expect(await helpOf('help')).toBe(help);
  });

  it('ends with status 0, without colours if it is not a terminal', async () => {
    const { status, stdout, stderr } = await ops(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toContain('\x1b');
  });

  it('shows examples that can be called', async () => {
    // `completion` is about no stack.
    for (const name of NAMES.filter((one) => one !== 'completion')) {
      const examples = (await helpOf(name, '--help')).matchAll(/^ {2}ops (.*?)( > .*)?$/gm);
      for (const [, words = ''] of examples) {
        const run = vi.fn(async () => {});
        await runCommand(createProgram(run), words.split(' '));
        expect(run).toHaveBeenCalledOnce();
      }
    }
  });
});

describe('a wrong call is one line', () => {
  const wrong = (...words: string[]) =>
    runCommand(
      createProgram(async () => {}),
      words,
    );
  test.each([
    [[], 'a command is missing'],
    [['explode'], "unknown command 'explode'"],
    [['constructor'], "unknown command 'constructor'"],
    [['__proto__'], "unknown command '__proto__'"],
    [['queus'], "unknown command 'queus' (Did you mean queues?)"],
    [['help', 'queus'], "unknown command 'queus' (Did you mean queues?)"],
    [['queues', '--no-such-flag'], "unknown option '--no-such-flag'"],
    [['queues', '--stge', 'x'], "unknown option '--stge' (Did you mean --stage?)"],
    [['queues', '--book', 'x'], '--book'],
    [['queues', 'extra'], 'too many arguments'],
    [['send', 'book.verified', '--book'], '--book'],
    [
      ['queues', '--stage', 'prod', '--data', 'x'],
      "'--stage <name>' cannot be used with option '--data <dir>'",
    ],
  ])('%j', async (words, message) => {
    const error = await wrong(...words).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'UsageError', message: expect.stringContaining(message) });
    expect(String(error)).not.toContain('\n');
  });

  it('on standard error, with status 2', async () => {
    expect(await ops(['queus'])).toEqual({
      status: 2,
      stdout: '',
      stderr: "error: unknown command 'queus' (Did you mean queues?)\n",
    });
  });

  it('--region is for a stage', async () => {
    const { status, stderr } = await ops(['queues', '--region', 'eu-west-1', '--data', empty]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--stage') });
  });
});

it('without a stack there is nothing on standard output, and status 1', async () => {
  const { status, stdout, stderr } = await ops(['queues', '--json', '--data', empty]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^error: no local stack runs in .*\n$/);
});

it('--data starts at the folder that npm was called in', async () => {
  const done = promisify(execFile)(
    'npm',
    ['run', '-s', 'ops', '--', 'queues', '--data', '../no-such-stack'],
    {
      cwd: resolve('docs'),
      env: { ...process.env, NO_COLOR: '1', npm_package_json: undefined },
    },
  );
  await expect(done).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`no local stack runs in ${resolve('no-such-stack')}: start one with`),
  });
});

it.each([
  [process.execPath, resolve(packageJson.bin['ocrolus-webhooks']), 'queues'],
  [process.execPath, resolve('infra/local/local.ts')],
  [process.execPath, resolve('infra/local/start.ts')],
])('%s %s: an empty --data is refused', async (program, ...words) => {
  const done = promisify(execFile)(program, [...words, '--data', ''], { cwd: empty, timeout: 60_000 });
  await expect(done).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--data <dir>.*It is empty/),
  });
  expect(await readdir(empty)).toEqual([]);
});

it('a reader that goes away ends it quietly', async () => {
  const child = start(['--help']);
  child.stdout.destroy();
  const exited = once(child, 'exit');
  expect(await text(child.stderr)).toBe('');
  expect(await exited).toEqual([0, null]);
});

describe('against a stage, what changes something', () => {
  const outputs = Object.entries({
    TableName: 'books',
    BucketName: 'bodies',
    WebhookUrls: '{"default":"https://hooks.example/webhooks/default"}',
    QueueUrls: '{}',
    DeadLetterQueueUrls: '{}',
    FunctionNames: '{"registration":"ocrolus-registration-1","poller":"ocrolus-poller-1"}',
    WebhookSecretArns: '{}',
  }).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const stack = `<Stacks><member><Outputs>${outputs.join('')}</Outputs></member></Stacks>`;
  const described = `<DescribeStacksResponse><DescribeStacksResult>${stack}</DescribeStacksResult></DescribeStacksResponse>`;

  /** AWS with a stage, whose functions give this answer. */
  async function startAws(answer: (event: string) => unknown) {
    const server = await startHttpServer(({ path, body }) => ({
      status: 200,
      body: path?.includes('/functions/') ? JSON.stringify(answer(body.toString())) : described,
    }));
    const keys = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' };
    return { server, env: { AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1', ...keys } };
  }

  it('needs --yes where there is no terminal, and says what it would do', async () => {
    const { server, env } = await startAws(() => [{ account: 'default', removed: true }]);
    const plan =
      'Stage prod: remove the webhook of every account from Ocrolus: no delivery arrives after that\n';
    const unregister = ['unregister', '--stage', 'prod', '--json'];
    const refused = await ops(unregister, env);
    expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/--yes\n$/) });
    expect(refused.stderr.startsWith(plan)).toBe(true);
    expect(server.received).toHaveLength(1);

    const done = await ops([...unregister, '--yes'], env);
    expect(done).toMatchObject({ status: 0, stderr: plan });
    expect(JSON.parse(done.stdout)).toEqual([{ account: 'default', removed: true }]);
    await server.close();
  });

  it('backfill counts before it asks, and standard output is one document', async () => {
    const written: boolean[] = [];
    const { server, env } = await startAws((event) => {
      const { dueFrom, write } = JSON.parse(event) as BackfillRequest;
      written.push(write);
      const counts = { unknown: 4, again: 1, waiting: 0, left: 2 };
      return { counts, calls: 61, dueUntil: dueFrom, next: null, problem: null };
    });
    const backfill = ['backfill', '--from', '90d', '--stage', 'prod', '--json'];
    const refused = await ops(backfill, env);
    expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/--yes\n$/) });
    expect(written).toEqual([false]);

    const done = await ops([...backfill, '--yes'], env);
    expect(done).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^Stage prod: fetch 4 books .*About 61 calls, .*\n$/),
    });
    expect(JSON.parse(done.stdout)).toMatchObject({ unknown: 4, again: 1, left: 2, dryRun: false });
    expect(written).toEqual([false, false, true]);
    await server.close();
  });
});

describe('an error of AWS', () => {
  const denied = () =>
    startHttpServer(() => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no\nright</Message></Error></ErrorResponse>',
    }));

  it('says in one line what was tried, where, and as who', async () => {
    const server = await denied();
    const files = {
      AWS_CONFIG_FILE: join(empty, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(empty, 'credentials'),
    };
    const keys = { AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example', AWS_PROFILE: '' };
    const env = { AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1', ...keys, ...files };
    const failed = await ops(['queues', '--stage', 'prod', '--region', 'eu-west-1'], env);
    expect(failed).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'error: AWS CloudFormation DescribeStacks, region eu-west-1, profile none (keys from the environment): ' +
        'AccessDenied: no right\n',
    });
    const [request] = server.received;
    expect(request?.headers.authorization).toContain('/eu-west-1/cloudformation/');

    const unknown = await ops(['queues', '--stage', 'prod', '--profile', 'nobody'], env);
    expect(unknown).toMatchObject({ status: 1, stdout: '' });
    expect(unknown.stderr).toMatch(
      /error: AWS CloudFormation DescribeStacks, region us-east-1, profile nobody: Cred.*\n$/,
    );
    await server.close();
  });
});

it('completion is printed without a stack, with the stages that have settings', async () => {
  const { status, stdout, stderr } = await ops(['completion', 'bash']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("'queues --stage') words='dev prod' ;;");
  expect(stdout).toContain('complete -F _ops ops ocrolus-webhooks\n');
});
