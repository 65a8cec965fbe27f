import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { PLAIN } from '../../../../infra/command-line/screen.ts';
import {
  type Check,
  type Checked,
  fail,
  ok,
  reportOf,
  runChecks,
  warn,
} from '../../../../infra/ops/doctor/check.ts';
import { LOCAL_CHECKS } from '../../../../infra/ops/doctor/local.ts';
import { MACHINE_CHECKS } from '../../../../infra/ops/doctor/machine.ts';
import { SYSTEM_CHECKS } from '../../../../infra/ops/doctor/system.ts';
import { useFolder } from '../../../testing/folder.ts';
import { documentOf } from '../../running-stacks/testing/announced-stack.ts';
import { fakeTarget, ops } from '../fake-target.ts';
import { startHttpServer } from '../http-server.ts';
import { runOne } from '../testing/doctor.ts';

describe('a report', () => {
  const report = async (...runs: Check<unknown>['run'][]) => {
    const checks = runs.map((run, index) => ({ name: `check-${index}`, run, otherwise: 'ask' }));
    const output = reportOf(await runChecks(checks, {}), PLAIN);
    if ('stream' in output) throw new Error('it is a stream');
    return output;
  };

  it('has a line for each check, and what to do at the end', async () => {
    const { document, text, isProblem } = await report(
      () => ok('fine'),
      async () => warn('old', 'renew it'),
    );
    expect(document).toMatchObject({
      healthy: true,
      checks: [
        { name: 'check-0', state: 'ok', found: 'fine', todo: null },
        { name: 'check-1', state: 'warn', found: 'old', todo: 'renew it' },
      ],
    });
    expect(text).toContain('ok     check-0  fine');
    expect(text).toContain('What to do:\n  warn check-1: renew it');
    expect(isProblem).toBe(false);
  });

  it('is a problem where something has failed, such as a check that throws: its error is one line', async () => {
    expect(await report(() => fail('gone', 'bring it back'))).toMatchObject({
      document: { healthy: false },
      isProblem: true,
    });
    const thrown = await report(
      async () => {
        throw new Error('no\naccess');
      },
      () => ok('fine'),
    );
    expect(thrown.document).toMatchObject({
      checks: [{ name: 'check-0', state: 'fail', found: 'no access', todo: 'ask' }, { state: 'ok' }],
    });
  });
});

test.each([
  ['node', { node: '24.99.0' }, 'ok'],
  ['node', { node: '20.1.0' }, 'warn'],
  ['npm', { npm: '11.2.0' }, 'ok'],
  ['npm', { npm: '10.9.0' }, 'warn'],
])('the version of %s: %j', async (name, versions, state) => {
  const { node = '24.0.0', npm = '11.0.0' } = { ...versions } as { node?: string; npm?: string };
  expect(await runOne(MACHINE_CHECKS, name, { node, npm: async () => npm })).toMatchObject({ state });
});

it('the command runs every check, and fails if the stack cannot be reached', async () => {
  const data = join(tmpdir(), 'no-such-stack');
  const output = await ops<{ checks: Checked[] }>(fakeTarget(), `doctor --data ${data}`);
  expect(output.isProblem).toBe(true);
  const { checks } = output.document;
  expect(checks.map(({ name }) => name)).toEqual(
    [...MACHINE_CHECKS, ...LOCAL_CHECKS, ...SYSTEM_CHECKS].map(({ name }) => name),
  );
  expect(checks.every(({ state, todo }) => state === 'ok' || typeof todo === 'string')).toBe(true);
});

describe('the local stack', () => {
  const data = useFolder(beforeAll);
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  beforeAll(async () => {
    server = await startHttpServer(() => ({ status: 200, body: '{"ready":true}' }));
    return server.close;
  });

  /** Announces a stack whose parts all listen, except perhaps its secrets. */
  async function announce(secrets = server.url) {
    const { url } = server;
    const endpoint = { endpoint: url };
    const document = {
      ...documentOf({ url, token: 'x' }),
      ...{ pid: 4711, webhookUrl: url, ocrolusUrl: url, secretsManager: { endpoint: secrets } },
      ...{ dynamodb: { ...endpoint, table: 't' }, sqs: { ...endpoint, queues: {} } },
      s3: { ...endpoint, bucket: 'b' },
      eventBridge: { ...endpoint, file: 'events.jsonl' },
    };
    await writeFile(join(data(), 'stack.json'), JSON.stringify(document));
  }
  const runCheck = (name: string, simulate = async (): Promise<unknown> => ({})) =>
    runOne(LOCAL_CHECKS, name, { target: fakeTarget({ simulate }), data: data() });

  it('is found by its process', async () => {
    await announce();
    expect(await runCheck('process')).toMatchObject({ state: 'ok', found: 'pid 4711' });
    await rm(join(data(), 'stack.json'));
    expect(await runCheck('process')).toMatchObject({ state: 'fail' });
  });

  it('has ports, of which a silent one is named', async () => {
    await announce();
    const { state, found } = await runCheck('ports');
    expect({ state, found }).toEqual({
      state: 'ok',
      found: expect.stringMatching(/^table \d+, queues \d+.*, events \d+/),
    });
    const gone = await startHttpServer(() => ({ status: 200, body: '' }));
    await gone.close();
    await announce(gone.url);
    const silent = `nothing listens: secrets at ${gone.url}`;
    expect(await runCheck('ports')).toMatchObject({ state: 'fail', found: silent });
  });

  const conflict = new Error('the local stack answered 409: this stack calls another Ocrolus');

  it.each([
    [{ api: [], deliveries: { drop: 0, maxDelayMs: 500 } }, 'ok', /^none/],
    [{ api: [{ fault: 'forbidden' }], deliveries: { drop: 0.5 } }, 'warn', /^switched on: forbidden, drop$/],
    [conflict, 'ok', /^another Ocrolus is called$/],
  ])('may have faults switched on: %j', async (answer, state, found) => {
    const simulate = async () => (answer instanceof Error ? Promise.reject(answer) : answer);
    expect(await runCheck('faults', simulate)).toMatchObject({ state, found: expect.stringMatching(found) });
  });
});
