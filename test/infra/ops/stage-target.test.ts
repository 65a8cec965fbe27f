import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStageTarget } from '../../../infra/ops/target/stage.ts';
import { startHttpServer } from './http-server.ts';
import { awsEnvironment, describedResource, describedStack } from './testing/aws.ts';
import { typed } from './testing/typed.ts';

const OUTPUTS = {
  TableName: 'books',
  BucketName: 'bodies',
  WebhookUrls: '{"default":"https://hooks.example/webhooks/default"}',
  QueueUrls: '{"doc-verified":"https://sqs.example/doc-verified"}',
  DeadLetterQueueUrls: '{"doc-verified":"https://sqs.example/doc-verified-dlq"}',
  FunctionNames: '{"poller":"ocrolus-poller-1","registration":"ocrolus-registration-1"}',
  WebhookSecretArns: '{"default":"arn:secret"}',
  CredentialsSecretArns: '{"default":"arn:credentials"}',
  EventSourceMappingIds: '{"doc-verified":"mapping-1"}',
  LedgerIndexId: 'LedgerIndexOfThisTable',
};
/** A stack of somebody, with two stages: the outputs of each have a prefix. */
const shared = describedStack({
  ...Object.fromEntries(Object.entries(OUTPUTS).map(([name, value]) => [`Webhooks${name}`, value])),
  TrialTableName: 'books-of-the-trial',
  TableName: 'of-something-else',
});
const denied =
  '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no\nright</Message></Error></ErrorResponse>';

/** Answers of CloudFormation and Systems Manager by a part of the request; before all others. */
let answers: Readonly<Record<string, { readonly status: number; readonly body: string }>>;

/** Answer about the resource that `LedgerIndexId` names. */
let resource: { readonly status: number; readonly body: string };

/** Answer of a stage's function. */
interface Answer {
  readonly payload: unknown;
  readonly failed?: true;
}

/** AWS with a stage; every call is denied if there is no answer of its functions. */
let answer: (() => Answer) | undefined;
let server: Awaited<ReturnType<typeof startHttpServer>>;
const calls = () =>
  server.received.map(({ path, body }) => [path?.replace(/^.*functions\//, ''), body.toString()]);

beforeEach(async () => {
  answers = {};
  server = await startHttpServer(({ path, headers: sent, body }) => {
    const request = `${sent['x-amz-target']} ${body}`;
    const known = Object.entries(answers).find(([part]) => request.includes(part))?.[1];
    if (known !== undefined) return known;
    if (body.toString().includes('Action=DescribeStackResource&')) return resource;
    if (answer === undefined) return { status: 403, body: denied };
    if (/functions|event-source-mappings/.test(path ?? '') !== true) return describedStack(OUTPUTS);
    const { payload, failed } = answer();
    const headers = failed && { 'x-amz-function-error': 'Unhandled' };
    return { status: 200, body: JSON.stringify(payload), ...(headers && { headers }) };
  });
  const env = { NO_COLOR: '1', FORCE_COLOR: undefined, ...awsEnvironment(server.url) };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe('a deployed stage', () => {
  it('is found by its outputs', async () => {
    answer = () => ({ payload: {} });
    const target = await openStageTarget('prod');
    expect(calls()).toEqual([['/', expect.stringContaining('StackName=ocrolus-webhooks-prod')]]);
    expect(target.queues).toEqual({
      'doc-verified': {
        url: 'https://sqs.example/doc-verified',
        dlqUrl: 'https://sqs.example/doc-verified-dlq',
      },
    });
    expect(target.webhookUrl('default')).toBe('https://hooks.example/webhooks/default');
    expect(() => target.webhookUrl('another')).toThrow('no account another');
  });

  it('is found in the stack of somebody, by the parameter of the stage', async () => {
    answers = {
      'StackName=ocrolus-webhooks-prod': { status: 400, body: denied },
      'AmazonSSM.GetParameter': { status: 200, body: '{"Parameter":{"Value":"lending/Webhooks"}}' },
      'StackName=lending': shared,
    };
    const target = await openStageTarget('prod');
    expect(server.received.map(({ body }) => body.toString())).toContainEqual(
      expect.stringContaining('"Name":"/ocrolus-webhooks/prod/stack"'),
    );
    expect(target.table().name).toBe('books');
    expect(target.webhookUrl('default')).toBe('https://hooks.example/webhooks/default');
    answers = {
      ...answers,
      'AmazonSSM.GetParameter': { status: 400, body: '{"__type":"ParameterNotFound"}' },
    };
    await expect(openStageTarget('prod')).rejects.toThrow('DescribeStacks');
  });

  it('has indexed its ledger since the resource that says so was created, after every consumer', async () => {
    answer = () => ({ payload: {} });
    const since = async (reply: typeof resource) => {
      resource = reply;
      return (await openStageTarget('prod')).ledgerIndexedSince();
    };
    const at = '2026-03-02T08:00:00.123Z';
    expect(await since(describedResource(at))).toBe(at);
    expect(calls().at(-1)).toEqual([
      '/',
      expect.stringContaining('LogicalResourceId=LedgerIndexOfThisTable'),
    ]);
    expect(await since(describedResource(at, 'DELETE_IN_PROGRESS'))).toBeUndefined();
    await expect(since({ status: 403, body: denied })).rejects.toThrow('DescribeStackResource');
  });

  it('has its functions invoked, and their answers read', async () => {
    answer = () => ({ payload: { polled: 3 } });
    const target = await openStageTarget('prod');
    expect(await target.poll()).toEqual({ polled: 3 });
    await target.invoke('registration', { action: 'show' });
    expect(calls().slice(1)).toEqual([
      ['ocrolus-poller-1/invocations', '{"mode":"now"}'],
      ['ocrolus-registration-1/invocations', '{"action":"show"}'],
    ]);
    await expect(target.invoke('rotation', {})).rejects.toThrow('no function rotation');
  });

  it('has consumers, of which some are paused', async () => {
    answer = () => ({ payload: { State: state } });
    let state = 'Enabled';
    const target = await openStageTarget('prod');
    expect(await target.pausedChannels()).toEqual([]);
    expect(server.received.at(-1)?.path).toBe('/2015-03-31/event-source-mappings/mapping-1');
    for (state of ['Disabling', 'Disabled']) expect(await target.pausedChannels()).toEqual(['doc-verified']);
  });

  it('says which function failed', async () => {
    answer = () => ({ payload: { errorMessage: 'secret' }, failed: true });
    const target = await openStageTarget('prod');
    await expect(target.poll()).rejects.toThrow(/^poller failed: Unhandled$/);
  });
});

describe('a command for a stage', () => {
  it('changes it with --yes only where there is no terminal, and shows the plan', async () => {
    answer = () => ({ payload: [{ account: 'default', removed: true }] });
    const plan =
      'Stage prod: remove the webhook of every account from Ocrolus: no delivery arrives after that\n';
    const unregister = ['unregister', '--stage', 'prod', '--json'];
    const refused = await typed(...unregister);
    expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/--yes\n$/) });
    expect(refused.stderr.startsWith(plan)).toBe(true);
    expect(server.received).toHaveLength(1);

    const done = await typed(...unregister, '--yes');
    expect(done).toMatchObject({ status: 0, stderr: plan });
    expect(JSON.parse(done.stdout)).toEqual([{ account: 'default', removed: true }]);
  });

  it('that is denied says in one line what was tried, where, and as who', async () => {
    answer = undefined;
    expect(await typed('queues', '--stage', 'prod', '--region', 'eu-west-1')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'error: AWS CloudFormation DescribeStacks, region eu-west-1, profile none (keys from the environment): ' +
        'these credentials may not do that: use a role that may (AccessDenied)\n',
    });
    const [request] = server.received;
    expect(request?.headers.authorization).toContain('/eu-west-1/cloudformation/');

    const unknown = await typed('queues', '--stage', 'prod', '--profile', 'nobody');
    expect(unknown).toMatchObject({ status: 1, stdout: '' });
    expect(unknown.stderr).toMatch(
      /error: AWS CloudFormation DescribeStacks, region eu-west-1, profile nobody: there are no valid credentials: sign in.* \(CredentialsProviderError\)\n$/,
    );
  });
});
