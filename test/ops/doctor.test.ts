import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { PLAIN } from '../../infra/command-line/screen.ts';
import { doctorCommand } from '../../infra/ops/commands/doctor.ts';
import {
  type Check,
  type Checked,
  fail,
  ok,
  reportOf,
  runChecks,
  warn,
} from '../../infra/ops/doctor/check.ts';
import { LOCAL_CHECKS } from '../../infra/ops/doctor/local.ts';
import { MACHINE_CHECKS } from '../../infra/ops/doctor/machine.ts';
import { ACCESS_CHECKS, STAGE_CHECKS, type StageContext } from '../../infra/ops/doctor/stage.ts';
import { SYSTEM_CHECKS } from '../../infra/ops/doctor/system.ts';
import type { Target } from '../../infra/ops/target.ts';
import { fakeTarget, runOps } from './fake-target.ts';
import { startHttpServer } from './http-server.ts';

const check = (name: string, look: Check<unknown>['look']): Check<unknown> => ({
  name,
  look,
  otherwise: 'ask',
});

/** Finds a check by its name, and looks. */
async function look<Context>(checks: readonly Check<Context>[], name: string, context: Context) {
  const [checked] = await runChecks(
    checks.filter((one) => one.name === name),
    context,
  );
  if (checked === undefined) throw new Error(`there is no check ${name}`);
  return checked;
}

describe('a report', () => {
  const report = async (...checks: Check<unknown>[]) => {
    const output = reportOf(await runChecks(checks, {}), PLAIN);
    if ('stream' in output) throw new Error('it is a stream');
    return output;
  };

  it('has a line for each check, and what to do at the end', async () => {
    const { document, text, isProblem } = await report(
      check('one', () => ok('fine')),
      check('two', async () => warn('old', 'renew it')),
    );
    expect(document).toEqual({
      healthy: true,
      checks: [
        { name: 'one', state: 'ok', found: 'fine', todo: null },
        { name: 'two', state: 'warn', found: 'old', todo: 'renew it' },
      ],
    });
    expect(text).toContain('ok     one    fine');
    expect(text).toContain('What to do:\n  warn two: renew it');
    expect(isProblem).toBe(false);
  });

  it('is a problem where something has failed', async () => {
    expect(await report(check('one', () => fail('gone', 'bring it back')))).toMatchObject({
      document: { healthy: false },
      isProblem: true,
    });
  });

  it('goes on where something cannot be found out, in one line', async () => {
    const { document } = await report(
      check('one', async () => {
        throw new Error('no\naccess');
      }),
      check('two', () => ok('fine')),
    );
    expect(document).toMatchObject({
      checks: [{ name: 'one', state: 'fail', found: 'no access', todo: 'ask' }, { state: 'ok' }],
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
  expect(await look(MACHINE_CHECKS, name, { node, npm: async () => npm })).toMatchObject({ state });
});

describe('the local stack', () => {
  let data: string;
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let dead: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'doctor-'));
    server = await startHttpServer(() => ({ status: 200, body: '{"ready":true}' }));
    const gone = await startHttpServer(() => ({ status: 200, body: '' }));
    dead = gone.url;
    await gone.close();
  });
  afterEach(async () => {
    await server.close();
    await rm(data, { recursive: true });
  });

  async function describeStack(secrets = server.url) {
    const { url } = server;
    const document = {
      ready: true,
      pid: 4711,
      webhookUrl: `${url}/webhooks/default`,
      webhookSecret: 'example-webhook-secret-A1',
      ocrolusUrl: url,
      consoleUrl: null,
      dynamodb: { endpoint: url, table: 't' },
      sqs: { endpoint: url, queues: {} },
      control: { url, token: 'x' },
      region: 'us-east-1',
      s3: { endpoint: url, bucket: 'b' },
      secretsManager: { endpoint: secrets },
    };
    await writeFile(join(data, 'stack.json'), JSON.stringify(document));
  }
  const lookAt = (name: string, parts: Partial<Target> = {}) =>
    look(LOCAL_CHECKS, name, { target: fakeTarget(parts), data });

  it('is found by its process', async () => {
    await describeStack();
    expect(await lookAt('process')).toMatchObject({ state: 'ok', found: 'pid 4711' });
    await rm(join(data, 'stack.json'));
    expect(await lookAt('process')).toMatchObject({ state: 'fail' });
  });

  it('has ports, of which a silent one is named', async () => {
    await describeStack();
    const { state, found } = await lookAt('ports');
    expect({ state, found }).toEqual({ state: 'ok', found: expect.stringMatching(/^table \d+, queues \d+/) });
    await describeStack(dead);
    expect(await lookAt('ports')).toMatchObject({
      state: 'fail',
      found: `nothing listens: secrets at ${dead}`,
    });
  });

  it.each([
    [{ api: [], deliveries: { drop: 0, maxDelayMs: 500 } }, 'ok', 'none'],
    [{ api: [{ fault: 'forbidden' }], deliveries: { drop: 0.5 } }, 'warn', 'switched on: forbidden, drop'],
  ])('may have faults switched on: %j', async (faults, state, found) => {
    expect(await lookAt('faults', { simulate: async () => faults })).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  it('may call another Ocrolus', async () => {
    const simulate = async () => {
      throw new Error('the local stack answered 409: this stack calls another Ocrolus');
    };
    expect(await lookAt('faults', { simulate })).toMatchObject({ state: 'ok' });
  });
});

describe('what every stack has', () => {
  const NOW = Date.parse('2026-03-01T12:00:00Z');
  const queues = { 'doc-verified': { url: 'http://q', dlqUrl: 'http://q-dlq' } };
  const lookAt = (name: string, parts: Partial<Target> = {}) =>
    look(SYSTEM_CHECKS, name, { target: fakeTarget({ queues, ...parts }), which: ' --stage prod', now: NOW });
  const sqsWith = (counts: Readonly<Record<string, number>>) =>
    ({
      send: async ({ input }: { input: { QueueUrl: string } }) => ({
        Attributes: { ApproximateNumberOfMessages: String(counts[input.QueueUrl] ?? 0) },
      }),
    }) as unknown as Target['sqs'];
  const due = (...dueAts: string[]) => ({
    table: () =>
      ({
        async *queryDue(shard: string) {
          if (shard.endsWith('0')) for (const dueAt of dueAts) yield { bookId: 'b', item: 'BOOK', dueAt };
        },
      }) as never,
  });

  it.each([
    [{}, 'ok', 'none', undefined],
    [{ 'http://q-dlq': 3 }, 'fail', 'doc-verified 3', 'ops dlq doc-verified --stage prod'],
  ])('dead letters: %j', async (counts, state, found, todo) => {
    expect(await lookAt('dead letters', { sqs: sqsWith(counts) })).toEqual({
      name: 'dead letters',
      state,
      found,
      ...(todo !== undefined && { todo }),
    });
  });

  it.each([
    [999, 'ok'],
    [1000, 'warn'],
  ])('%d messages that wait: %s', async (count, state) => {
    expect(await lookAt('waiting', { sqs: sqsWith({ 'http://q': count }) })).toMatchObject({ state });
  });

  it.each([
    [[], 'ok', 'none is due'],
    [['2026-03-01T11:46:00Z'], 'ok', 'due for 14 minutes'],
    [['2026-03-01T11:59:00Z', '2026-03-01T10:00:00Z'], 'fail', 'due for 120 minutes'],
  ])('books that are due: %j', async (dueAts, state, found) => {
    expect(await lookAt('due books', due(...dueAts))).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  it.each([
    ['example-webhook-secret-A1', 'ok'],
    ['', 'fail'],
  ])('a webhook secret is never shown: %s', async (secret, state) => {
    const checked = await lookAt('webhook secrets', { webhookSecret: async () => secret });
    expect(checked).toMatchObject({ state });
    expect(JSON.stringify(checked)).not.toContain('example-webhook-secret-A1');
  });

  it.each([
    [{ clientId: 'an-id', clientSecret: 'a-secret' }, 'ok'],
    [undefined, 'fail'],
  ])('API credentials are never shown: %j', async (credentials, state) => {
    const access = { apiUrl: '', authUrl: '', tokenFormat: 'json', audience: undefined } as const;
    const checked = await lookAt('API credentials', { ocrolus: async () => ({ ...access, credentials }) });
    expect(checked).toMatchObject({ state });
    expect(JSON.stringify(checked)).not.toMatch(/an-id|a-secret/);
  });

  it.each([
    [false, 'ok', 'as wanted: default'],
    [true, 'fail', 'differs: default'],
  ])('a registration that differs: %s', async (drift, state, found) => {
    const webhook = { url: 'https://hooks.example', events: [] };
    const difference = { webhook: 'same', missing: [], dropped: [], unasked: [] };
    const report = {
      account: 'default',
      level: 'account',
      wanted: webhook,
      registered: webhook,
      difference,
      drift,
    };
    expect(await lookAt('registration', { invoke: async () => [report] })).toMatchObject({ state, found });
  });

  it('a registration that cannot be asked for', async () => {
    const invoke = async () => [{ account: 'default', error: 'Ocrolus refuses the credentials' }];
    expect(await lookAt('registration', { invoke })).toMatchObject({
      state: 'fail',
      found: 'default: Ocrolus refuses the credentials',
    });
  });
});

describe('a stage', () => {
  const sends = (answer: (input: Record<string, unknown>) => object, config: object = {}) =>
    ({ send: async ({ input }: { input: never }) => answer(input), config }) as never;
  const context = (
    parts: Partial<Record<'stack' | 'quota' | 'alarms' | 'values', unknown>> = {},
  ): StageContext => ({
    stage: 'prod',
    cloudFormation: sends(() => ({ Stacks: parts.stack === undefined ? [] : [parts.stack] }), {
      region: async () => 'us-east-1',
      credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'never-shown' }),
    }),
    cloudWatch: sends((input) =>
      'ChildrenOfAlarmName' in input
        ? {
            MetricAlarms: (parts.alarms as Record<string, object[]>)[String(input.ChildrenOfAlarmName)] ?? [],
          }
        : { MetricDataResults: [{ Values: parts.values ?? [] }] },
    ),
    lambda: sends(() => ({ AccountLimit: { ConcurrentExecutions: parts.quota } })),
    now: Date.parse('2026-03-01T12:00:00Z'),
  });
  const lookAt = (name: string, parts?: Parameters<typeof context>[0]): Promise<Checked> =>
    look([...ACCESS_CHECKS, ...STAGE_CHECKS], name, context(parts));

  it('is looked for in a region, with credentials that are not shown', async () => {
    expect(await lookAt('region')).toMatchObject({ state: 'ok', found: 'us-east-1' });
    expect(await lookAt('credentials')).toMatchObject({ state: 'ok', found: 'found' });
  });

  it.each([
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['UPDATE_ROLLBACK_COMPLETE', 'fail'],
    ['ROLLBACK_COMPLETE', 'fail'],
  ])('whose stack is %s: %s', async (StackStatus, state) => {
    expect(await lookAt('stack', { stack: { StackStatus } })).toMatchObject({ state, found: StackStatus });
  });

  it('that is not there', async () => {
    expect(await lookAt('stack')).toMatchObject({
      state: 'fail',
      found: 'there is no stack ocrolus-webhooks-prod',
    });
  });

  it.each([
    [true, 'ok'],
    [false, 'warn'],
  ])('that is protected: %s', async (EnableTerminationProtection, state) => {
    expect(await lookAt('protection', { stack: { EnableTerminationProtection } })).toMatchObject({ state });
  });

  it.each([
    [1000, 'ok'],
    [10, 'fail'],
  ])('in an account with a quota of %d', async (quota, state) => {
    expect(await lookAt('concurrency', { quota })).toMatchObject({
      state,
      found: expect.stringMatching(new RegExp(`^${quota} of Lambda`)),
    });
  });

  it.each([
    [{}, 'ok', 'none is on'],
    [{ 'ocrolus-prod-ticket': ['books-stuck'] }, 'warn', 'on: books-stuck'],
    [
      { 'ocrolus-prod-page': ['queue-age-lifecycle'], 'ocrolus-prod-ticket': ['books-stuck'] },
      'fail',
      'on: queue-age-lifecycle, books-stuck',
    ],
  ])('with alarms: %j', async (on, state, found) => {
    const alarms = Object.fromEntries(
      Object.entries(on).map(([composite, names]) => [
        composite,
        [
          ...names.map((name) => ({ AlarmName: `ocrolus-prod-${name}`, StateValue: 'ALARM' })),
          { AlarmName: 'ocrolus-prod-quiet', StateValue: 'OK' },
        ],
      ]),
    );
    expect(await lookAt('alarms', { alarms })).toMatchObject({ state, found });
  });

  it.each([
    [[], 'ok', '0 minutes'],
    [[30, 1800], 'warn', '30 minutes in doc-verified'],
  ])('whose oldest message is so old: %j', async (values, state, found) => {
    const OutputValue = '{"doc-verified":"https://sqs.example/1/q"}';
    const stack = { Outputs: [{ OutputKey: 'QueueUrls', OutputValue }] };
    expect(await lookAt('oldest message', { stack, values })).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  it.each([
    [[1, 0], 'ok'],
    [[], 'fail'],
  ])('whose poller has run: %j', async (values, state) => {
    expect(await lookAt('poller', { values })).toMatchObject({ state });
  });
});

it('the command looks at everything, and fails where the stack cannot be asked', async () => {
  const output = await runOps(doctorCommand, fakeTarget(), [], { data: join(tmpdir(), 'no-such-stack') });
  expect(output).toMatchObject({ isProblem: true });
  const { checks } = (output as { document: { checks: Checked[] } }).document;
  expect(checks.map(({ name }) => name)).toEqual(
    [...MACHINE_CHECKS, ...LOCAL_CHECKS, ...SYSTEM_CHECKS].map(({ name }) => name),
  );
  expect(checks.every(({ state, todo }) => state === 'ok' || typeof todo === 'string')).toBe(true);
});
