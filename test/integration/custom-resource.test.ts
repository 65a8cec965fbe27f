import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '../infra/local/ocrolus/testing/client.ts';
import { startReceiver } from '../infra/local/ocrolus/testing/receiver.ts';
import { type Running, startRunning } from './testing/running.ts';

const ELSEWHERE = 'https://hooks.example.com/ocrolus';

let running: Running;
let cloudFormation: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  [running, cloudFormation] = await Promise.all([startRunning(), startReceiver()]);
  running.simulator.setWebhook({});
});
afterAll(async () => {
  await running?.stop();
  await cloudFormation?.close();
});

/** A request of CloudFormation. @returns what it is answered. */
async function request(RequestType: string, url: string, more: object = {}) {
  const outcome = await running.stack.invoke('registration', {
    RequestType,
    ResponseURL: cloudFormation.url,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Webhook',
    ...(RequestType !== 'Create' && { PhysicalResourceId: 'ocrolus-webhook-Webhook' }),
    ResourceProperties: { account: 'default', level: 'account', url, events: 'BOOK_VERIFIED,DOC_VERIFIED' },
    ...more,
  });
  expect(outcome.ok).toBe(true);
  return JSON.parse(cloudFormation.received.at(-1)?.body ?? '{}');
}

const registered = async () => {
  const api = await signIn(running.simulator);
  return (await api.get('/v1/account/settings/webhook_details')).body;
};

it('a stack’s life: created, updated without success, deleted', async () => {
  const { webhookUrl } = running.stack;
  expect(await request('Create', webhookUrl)).toMatchObject({ Status: 'SUCCESS', Data: { Test: 'ok' } });
  const ours = { response: { webhook_endpoint: webhookUrl, events: ['BOOK_VERIFIED', 'DOC_VERIFIED'] } };
  expect(await registered()).toMatchObject(ours);

  // Nothing listens at this URL, so the test fails, and with it the update.
  const update = await request('Update', 'http://127.0.0.1:1/webhooks/default', {
    OldResourceProperties: { url: webhookUrl },
  });
  expect(update).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('could not deliver a test'),
  });
  expect(update.Reason).not.toContain('127.0.0.1');
  expect(await registered()).toMatchObject(ours);
  expect(await running.simulator.deliver('DOC_VERIFIED', { event: 'DOC_VERIFIED' })).toMatchObject({
    outcome: 'delivered',
  });

  expect(await request('Delete', ELSEWHERE)).toMatchObject({ Status: 'SUCCESS' });
  expect(await registered()).toMatchObject(ours);
  expect(await request('Delete', webhookUrl)).toMatchObject({ Status: 'SUCCESS' });
  expect(await registered()).toMatchObject({ response: { webhook_endpoint: null } });
});
