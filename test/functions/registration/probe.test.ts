import { beforeEach, expect, test } from 'vitest';
import { type Ping, probe } from '../../../functions/registration/probe.ts';
import type { WebhookSecret } from '../../../shared/secrets/webhook-secret.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { openWebhook } from '../webhook/testing/webhook-under-test.ts';

const CURRENT = 'secret-number-one-1';
const RIGHT = { current: CURRENT, basic: [] };
const WRONG = { current: 'secret-number-two-2', basic: [] };

const webhook = openWebhook({ secret: { current: CURRENT } });
webhook.conditions.nowSeconds = Math.floor(Date.now() / 1000);
const toWebhook = async ({ headers, body }: Ping) => (await webhook.post({ headers, body })).statusCode;

let lines: string[];
beforeEach(() => {
  lines = [];
});

/** What a run writes: the metric, or why it is not written. */
async function run(secrets: Readonly<Record<string, WebhookSecret>>, post = toWebhook) {
  const write = (line: string) => void lines.push(line);
  const metrics = createMetrics({ stage: 'test', write });
  await probe(Object.keys(secrets), {
    readSecret: async (account) => secrets[account] ?? Promise.reject(new Error('no secret')),
    authentication: 'signature',
    post,
    metrics,
    log: createLog({ write }),
  });
  metrics.flush();
  return lines.map((line) => JSON.parse(line));
}

test('a ping that the real webhook accepts for each account counts, and queues nothing', async () => {
  expect(await run({ default: RIGHT, lending: RIGHT })).toMatchObject([{ ProbeAccepted: 1 }]);
  expect(webhook.conditions.queued).toEqual([]);
});

test('one account whose secret the webhook refuses leaves the run uncounted', async () => {
  expect(await run({ default: RIGHT, lending: WRONG })).toMatchObject([
    { message: 'probe not accepted', account: 'lending', outcome: 'refused', status: 401 },
  ]);
});

test.each([403, 429, 500])('so does a way in that answers %i', async (status) => {
  expect(await run({ default: RIGHT }, async () => status)).toMatchObject([
    { message: 'probe not accepted', outcome: 'unreachable', status },
  ]);
});

test('so does a way in that does not answer, and the secret is in no line', async () => {
  const written = await run({ default: RIGHT }, () => Promise.reject(new Error(CURRENT)));
  expect(written.map(({ message }) => message)).toEqual(['probe failed', 'probe not accepted']);
  expect(lines.join()).not.toContain(CURRENT);
});
