import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { fakeFetch } from '../../shared/ocrolus/testing/fake-fetch.ts';
import { type AwsServer, startAwsServer } from '../../shared/testing/aws-server.ts';

const RESPONSE_URL = 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer';
const OWN = { credentials: 'arn:credentials', webhookSecret: 'arn:webhook' };

let aws: AwsServer;
let handle: (event: object) => Promise<unknown>;

beforeAll(async () => {
  aws = await startAwsServer(() => ({
    status: 400,
    body: '{"__type":"com.amazonaws#AccessDeniedException"}',
  }));
  // The handler writes its log to standard output.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.stubEnv('STAGE', 'test');
  vi.stubEnv('ACCOUNTS', JSON.stringify({ default: OWN }));
  vi.stubEnv('WEBHOOK_URL', 'https://hooks.example.com/webhooks/{account}');
  const { handler } = await import('../../../functions/registration/handler.ts');
  const context = Object.assign(Object.create(null), { getRemainingTimeInMillis: () => 900_000 });
  handle = async (event) => handler(event, context, () => {});
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await aws.close();
});
afterEach(() => vi.unstubAllGlobals());

/** @returns what CloudFormation was told, and the number of requests to Ocrolus and to Secrets Manager. */
async function send(RequestType: string, account: string) {
  const fake = fakeFetch(() => new Response(''));
  vi.stubGlobal('fetch', fake.send);
  aws.received.length = 0;
  await handle({
    ...{ RequestType, ResponseURL: RESPONSE_URL, StackId: 'stack', RequestId: 'request' },
    ...{ LogicalResourceId: 'Webhook', PhysicalResourceId: 'webhook' },
    ResourceProperties: {
      ...{ account, level: 'account', events: 'BOOK_VERIFIED', ...OWN },
      url: `https://hooks.example.com/webhooks/${account}`,
    },
  });
  const secrets = aws.received.filter(({ headers }) => headers['x-amz-target'] !== undefined);
  return { told: JSON.parse(fake.sent.at(-1)?.body ?? ''), asked: fake.sent.length - 1 + secrets.length };
}

it.each([
  ['Create', '..'],
  ['Update', '..'],
  ['Create', 'unknown'],
  ['Update', 'unknown'],
])('%s of the account %s, which a forged request invents, asks nothing', async (type, account) => {
  const { told, asked } = await send(type, account);
  expect(told).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('URL is not the one'),
  });
  expect(asked).toBe(0);
});

it('removes the webhook of an account that has left the settings, and of no other path', async () => {
  expect(await send('Delete', '..')).toMatchObject({ told: { Status: 'SUCCESS' }, asked: 0 });
  expect((await send('Delete', 'former')).asked).toBeGreaterThan(0);
});

it('registers an account of the settings', async () => {
  const { told, asked } = await send('Create', 'default');
  expect(told.Reason).not.toContain('URL is not the one');
  expect(asked).toBeGreaterThan(0);
});
