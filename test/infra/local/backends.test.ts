import { request } from 'node:http';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCESS } from '../../../infra/running-stacks/access.ts';
import { type FixtureStack, startFixtureStack } from './fixtures/stack.ts';

let stack: FixtureStack;
beforeAll(async () => {
  stack = await startFixtureStack({ ocrolus: { clientId: 'me', clientSecret: 'mine' } });
});
afterAll(() => stack.stop());

interface Echo {
  readonly event: APIGatewayProxyEvent;
  readonly environment: Record<string, string>;
}

async function echoOf(response: Response): Promise<Echo> {
  const echo: Echo = JSON.parse(await response.text());
  return echo;
}

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(stack.webhookUrl, { method: 'POST', body, headers });

test('the function gets the bytes as they were sent, base64-encoded', async () => {
  const bytes = Uint8Array.from([0x7b, 0xff, 0x00, 0xc3, 0xa9]);
  const { event } = await echoOf(await post(bytes, { 'content-type': 'application/json' }));
  expect(event.isBase64Encoded).toBe(true);
  expect(Buffer.from(event.body ?? '', 'base64')).toEqual(Buffer.from(bytes));
});

test('an empty body is null', async () => {
  const { event } = await echoOf(await post(''));
  expect(event).toMatchObject({ body: null, isBase64Encoded: false });
});

test('the event says which resource, path and account it was', async () => {
  const response = await fetch(new URL('a%20b', stack.webhookUrl), { method: 'POST', body: 'x' });
  const { event } = await echoOf(response);
  expect(event).toMatchObject({
    resource: '/webhooks/{account}',
    path: '/webhooks/a%20b',
    httpMethod: 'POST',
    pathParameters: { account: 'a b' },
    requestContext: {
      stage: 'live',
      resourcePath: '/webhooks/{account}',
      identity: { sourceIp: '127.0.0.1' },
    },
  });
});

test('header names keep their letter case, and repeated headers all their values', async () => {
  const { event } = await rawPost(stack.webhookUrl, [
    'Webhook-Request-Id',
    'one',
    'X-Twice',
    'a',
    'X-Twice',
    'b',
  ]);
  expect(event.headers).toMatchObject({ 'Webhook-Request-Id': 'one', 'X-Twice': 'b' });
  expect(event.multiValueHeaders['X-Twice']).toEqual(['a', 'b']);
});

test("the function's status, headers and body are the answer", async () => {
  const response = await post('hello');
  expect(response.status).toBe(200);
  expect(response.headers.get('x-answer')).toBe('yes');
});

test.each(['throw', 'no-proxy-result'])('%s is a 502, as API Gateway answers it', async (body) => {
  const response = await post(body);
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ message: 'Internal server error' });
});

test.each([
  ['another method', 'GET', ''],
  ['another path', 'POST', '/more'],
  ['an empty path parameter', 'POST', '/../'],
])('%s is a 403', async (_name, method, more) => {
  const response = await fetch(stack.webhookUrl + more, { method });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({ message: 'Missing Authentication Token' });
});

test('more than 10 MB is a 413', async () => {
  expect((await post(Buffer.alloc(10 * 1024 * 1024 + 1))).status).toBe(413);
});

test("nothing of this process's environment reaches a function but PATH", async () => {
  process.env.LOCAL_STACK_TEST = 'leaked';
  const { environment } = await echoOf(await post('x'));
  delete process.env.LOCAL_STACK_TEST;
  expect(environment).not.toHaveProperty('LOCAL_STACK_TEST');
  expect(environment).toMatchObject({
    STAGE: 'fixture',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'fixture-Front0AA8',
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.endpoints.secretsManager,
  });
  const own = Object.keys(environment).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$)/.test(name));
  expect(own.sort()).toEqual(['ACCOUNTS', 'FRESHNESS_SECONDS', 'LANG', 'PATH', 'QUEUE_URLS', 'STAGE', 'TZ']);
});

describe('secrets', () => {
  let client: SecretsManagerClient;
  beforeAll(() => {
    client = new SecretsManagerClient({ ...ACCESS, endpoint: stack.endpoints.secretsManager });
  });
  afterAll(() => client.destroy());

  const read = async (SecretId: string | undefined) =>
    JSON.parse((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '');

  test('a secret is generated as the template says, and found by ARN and by name', async () => {
    const generated = await read(stack.accounts.default?.webhookSecret);
    expect(generated).toEqual({ basic: [], current: stack.webhookSecret });
    expect(stack.webhookSecret).toMatch(/^[0-9a-zA-Z]{64}$/);
    expect(await read('fixture/default/webhook')).toEqual(generated);
  });

  test('credentials are filled in', async () => {
    expect(await read(stack.accounts.default?.credentials)).toEqual({ clientId: 'me', clientSecret: 'mine' });
  });

  test('an unknown secret is the error that Secrets Manager gives', async () => {
    await expect(read('nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

/** `fetch` lower-cases header names. */
async function rawPost(url: string, headers: string[]): Promise<Echo> {
  const answered = Promise.withResolvers<string>();
  const { host } = new URL(url);
  const outgoing = request(url, {
    method: 'POST',
    headers: ['Host', host, 'Content-Length', '0', ...headers],
  });
  outgoing.on('error', answered.reject);
  outgoing.on('response', async (response) => {
    answered.resolve(Buffer.concat(await response.toArray()).toString('utf8'));
  });
  outgoing.end();
  return JSON.parse(await answered.promise);
}
