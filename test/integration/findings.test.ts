import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { serialiseEnvelope } from '../../shared/events/queue-message.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { type NightShift, startNightShift } from './testing/night-shift.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };

const Document = z.object({
  checks: z.array(z.object({ name: z.string(), state: z.enum(['ok', 'warn', 'fail']), found: z.string() })),
});

let night: NightShift;
beforeAll(async () => {
  night = await startNightShift();
});
afterAll(() => night?.end());
afterEach(() => {
  night.simulator.faults.clear();
  night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: night.stack.webhookSecret });
});

/** What `ops doctor` finds. */
async function check(name: string) {
  const { checks } = Document.parse(JSON.parse((await night.ops('doctor --json')).text));
  return checks.find((one) => one.name === name);
}
const becomes = (name: string, state: 'ok' | 'warn' | 'fail', found: RegExp = /./) =>
  expect.poll(() => check(name), PATIENCE).toMatchObject({ state, found: expect.stringMatching(found) });

/** Runs the poller until a check says so: a book that was refused is due again within seconds. */
const polledUntil = (name: string, state: 'ok' | 'warn' | 'fail', found: RegExp = /./) =>
  expect
    .poll(async () => {
      await night.ops('poll');
      return check(name);
    }, PATIENCE)
    .toMatchObject({ state, found: expect.stringMatching(found) });

test('refused credentials', async () => {
  await night.quietBook();
  await night.ops('poll');
  night.simulator.faults.add({ fault: 'unauthorized' });
  await polledUntil('Ocrolus', 'fail', /^default: credentials or account refused \(auth\): book-status/);
  night.simulator.faults.clear();
  await polledUntil('Ocrolus', 'ok', /^refuses nothing/);
});

test('an Ocrolus that does not work', async () => {
  await night.quietBook();
  night.simulator.faults.add({ fault: 'server-error' });
  await polledUntil('books', 'warn', /^Ocrolus does not show \d+ .*\(http-500\), one since/);
  night.simulator.faults.clear();
  await polledUntil('books', 'ok', /is refused$/);
});

test('an Ocrolus that throttles', async () => {
  const { uuid } = await night.quietBook();
  night.simulator.faults.add({ fault: 'rate-limited' });
  await night.simulator.announce(uuid, 'BOOK_VERIFIED');
  // Half a minute after the last pause, it is ok.
  await becomes('throttling', 'warn', /^Ocrolus answered 429/);
});

test('another signing secret', async () => {
  night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: 'another-secret-than-ours' });
  const { uuid } = await night.quietBook();
  await night.simulator.announce(uuid, 'BOOK_VERIFIED');
  await becomes('refused deliveries', 'fail', /a wrong signature or password, .*none was accepted since$/);
  night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: night.stack.webhookSecret });
  await night.simulator.announce(uuid, 'BOOK_VERIFIED');
  // After five minutes without another one, it is ok.
  await becomes('refused deliveries', 'warn', /one was accepted since$/);
});

test('a registration that differs', async () => {
  await night.ops('register');
  await becomes('registration', 'ok');
  night.simulator.setWebhook({ url: 'https://hooks.example/elsewhere' });
  await becomes('registration', 'fail', /^differs: default$/);
  await night.ops('register');
  await becomes('registration', 'ok');
});

test('a paused channel', async () => {
  await night.ops('pause detect-signal-found');
  await becomes('paused', 'warn', /^detect-signal-found: /);
  await night.ops('resume detect-signal-found');
  await becomes('paused', 'ok');
});

test('a dead letter', async () => {
  const { uuid } = await night.quietBook();
  const envelope = delivery('DOC_VERIFIED', { bookUuid: uuid }, { receivedAt: new Date().toISOString() });
  const { sqs } = night.document;
  const client = new SQSClient({ ...ACCESS, endpoint: sqs.endpoint });
  const QueueUrl = sqs.queues['doc-verified']?.dlqUrl ?? '';
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: serialiseEnvelope(envelope) }));
  client.destroy();
  await becomes('dead letters', 'fail', /^doc-verified 1$/);
  await night.ops('redrive doc-verified');
  await becomes('dead letters', 'ok', /^none$/);
});
