import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { serveConsole } from '../../infra/console/server.ts';
import { openLocalTarget } from '../../infra/ops/local-target.ts';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { serialiseEnvelope } from '../../shared/events/queue-message.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { type NightShift, startNightShift } from './testing/night-shift.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };

const Checked = z.object({ name: z.string(), state: z.enum(['ok', 'warn', 'fail']), found: z.string() });
const Document = z.object({ checks: z.array(Checked) });

/** State of the console once its checks have run. */
const Overview = z.object({
  health: z.array(Checked).min(1),
  headline: z.object({ tone: z.enum(['ok', 'busy', 'warn', 'bad']), text: z.string() }),
});

let night: NightShift;
beforeAll(async () => {
  night = await startNightShift();
});
afterAll(() => night?.end());
beforeEach(() => night.ops('register'));
afterEach(() => {
  night.simulator.faults.clear();
  night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: night.stack.webhookSecret });
});

/** What `ops doctor` finds. */
async function check(name: string) {
  const { checks } = Document.parse(JSON.parse((await night.ops('doctor --json')).text));
  return checks.find((one) => one.name === name);
}
type State = z.infer<typeof Checked>['state'];

/** The finding becomes that, and a console that is opened then shows the same. */
async function becomes(name: string, state: State, found: RegExp = /./, patience = PATIENCE) {
  const expected = { state, found: expect.stringMatching(found) };
  await expect.poll(() => check(name), patience).toMatchObject(expected);
  const { health, headline } = await readOverview();
  expect(health.find((one) => one.name === name)).toMatchObject(expected);
  const first = name === 'dead letters' ? /^1 dead letter: / : new RegExp(`^${name}: `);
  if (state === 'ok') return expect(headline.text).not.toMatch(first);
  expect(['warn', 'bad']).toContain(headline.tone);
  // The headline names the worst, and counts the others: an Ocrolus that does not work cannot show the registration either.
  const counted = state === 'warn' && /\d other problems?: see the overview\.$/.test(headline.text);
  if (!counted) expect(headline.text).toMatch(first);
}

/** As {@link becomes}, with runs of the poller: a book that was refused is due again within seconds. */
async function polledUntil(name: string, state: State, found: RegExp = /./) {
  await expect
    .poll(async () => {
      await night.ops('poll');
      return check(name);
    }, PATIENCE)
    .toMatchObject({ state, found: expect.stringMatching(found) });
  await becomes(name, state, found);
}

/** What the overview of the console shows in a browser that is opened now, read as its page reads it. */
async function readOverview() {
  const { url, stop } = await serveConsole({
    ...{ stage: null, opsFlags: ` --data ${night.dataDir}`, everyMs: 100, partsEveryMs: 100 },
    open: () => openLocalTarget(night.dataDir),
  });
  try {
    const { body } = await fetch(`${url}api/live`);
    const lines = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream());
    let text = '';
    for await (const part of lines) {
      text += part;
      const events = text.split('\n\n').slice(0, -1);
      for (const event of events.filter((one) => one.startsWith('data: '))) {
        const { data } = Overview.safeParse(JSON.parse(event.replace(/^data: /, '')));
        if (data !== undefined) return data;
      }
    }
    throw new Error('the console has ended');
  } finally {
    await stop();
  }
}

test('refused credentials', async () => {
  await night.quietBook();
  await night.ops('poll');
  night.simulator.faults.add({ fault: 'unauthorized' });
  await polledUntil('Ocrolus', 'fail', /^default: credentials or account refused \(auth\): book-status/);
  night.simulator.faults.clear();
  await polledUntil('Ocrolus', 'ok', /^refuses no kind/);
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
  await becomes('throttling', 'warn', /^[1-9]\d* of \d+ calls of the last minutes answered 429/);
  night.simulator.faults.clear();
  // Half a minute after the last pause.
  await becomes('throttling', 'ok', /./, { ...PATIENCE, timeout: 90_000 });
}, 150_000);

test('another signing secret', async () => {
  night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: 'another-secret-than-ours' });
  const { uuid } = await night.quietBook();
  await night.simulator.announce(uuid, 'BOOK_VERIFIED');
  await becomes('refused deliveries', 'fail', /a wrong signature or password, .*none was accepted since$/);
  // Its test ping shows that the secret is right.
  await night.ops('register');
  // After five minutes without another one, it is ok.
  await becomes('refused deliveries', 'warn', /one was accepted since$/);
});

test('a registration that differs', async () => {
  await becomes('registration', 'ok');
  night.simulator.setWebhook({ url: 'https://hooks.example/elsewhere' });
  await becomes('registration', 'fail', /^differs: default$/);
  await night.ops('register');
  await becomes('registration', 'ok');
});

test('an event with an unknown name', async () => {
  const { uuid } = await night.quietBook();
  await becomes('unrecognized events', 'ok');
  await night.ops(`send book.of.tomorrow --unknown --book ${uuid}`);
  await becomes('unrecognized events', 'warn', /^1 within an hour, .*: book\.of\.tomorrow \(unknown-name\)$/);
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
