import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { ALARM_IDS, type AlarmId } from '../../infra/constructs/monitoring/alarm-definition.ts';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { serialiseEnvelope } from '../../shared/events/queue-message.ts';
import type { MetricName } from '../../shared/telemetry/metrics.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { type NightShift, type Said, startNightShift } from './testing/night-shift.ts';

/** Alarms that this machine cannot cause or end, and why. */
const NOT_HERE: Partial<Record<AlarmId, string>> = {
  'messages-failing': 'the emulators do not fail; test/rehearsal lets them',
  'answers-not-processed': 'needs a bug; test/rehearsal has one',
  'results-failing': 'needs a quarter of an hour; test/rehearsal has it in virtual time',
  'queue-age': 'takes minutes of waiting, and ends by itself',
  'webhook-server-errors':
    'the emulators of SQS and Secrets Manager do not fail; its command is that of poller-silent',
  'webhook-latency': 'needs a slow AWS',
  'ingress-unhealthy': 'there is no load balancer here',
  'ingress-errors': 'there is no load balancer here',
  'ingress-refusals': 'there is no load balancer here',
  'certificate-expiring': 'there is no certificate here',
  'events-unpublished': 'the local bus does not fail; published-events.test.ts kills the publisher',
  'probe-failing': 'there is no VPC here; its command is that of poller-silent',
  'deliveries-unverified': 'needs another setting (allowUnsigned) and a deployment',
  'secret-missing': 'its commands are those of the AWS command line',
  'poller-errors': 'its commands are those of the AWS command line',
  'poller-behind': 'needs thousands of books and a deployment',
  'books-stuck': 'counts a book that has not changed for 30 days; its commands are those of results-overdue',
  'items-unreadable': 'needs an item that a later version has written, and a deployment',
  'results-expired':
    'counts what is missing for 30 days; its commands are those of results-overdue and dead-letters',
  'ocrolus-token-renewal': 'needs half the life of a token; its commands are those of ocrolus-unavailable',
  'ocrolus-rate-limited': 'the runbook has no command: others must call less',
  'requests-rejected': 'needs a bug in our requests and a deployment',
  'table-throttles': 'the emulator does not throttle',
  'table-errors': 'the emulator does not fail',
  'secret-age': 'needs days, and Secrets Manager',
  'upkeep-errors': 'its commands are those of registration-drift and of the AWS command line',
};

const REHEARSED: AlarmId[] = [];
/** A test for an alarm. */
function rehearse(alarm: AlarmId, work: () => Promise<void>): void {
  REHEARSED.push(alarm);
  it(alarm, work);
}

const PATIENCE = { timeout: 20_000, interval: 50 };

const Found = z.object({ name: z.string(), state: z.enum(['ok', 'warn', 'fail']), found: z.string() });
type Found = z.infer<typeof Found>;
/** Output of `ops doctor --json`. */
const Findings = z.object({ checks: z.array(Found) });

/** Output of `ops poll` if no account was refused; refused accounts have lines of their own. */
const ALL_ANSWERED = /^\d+ books handed over, [^\n]*\n$/;

describe('the night shift ends the alarm', () => {
  let night: NightShift;
  beforeAll(async () => {
    night = await startNightShift();
  });
  afterAll(() => night?.end());
  afterEach(() => {
    night.simulator.faults.clear();
    night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: night.stack.webhookSecret });
  });

  const announce = async (bookUuid: string) => {
    const [delivery] = await night.simulator.announce(bookUuid, 'BOOK_VERIFIED');
    return delivery?.outcome;
  };
  /** The function's log comes by another way than its answer. */
  const goesUp = (name: MetricName, before: number, part?: string) =>
    expect.poll(() => night.counted(name, part), PATIENCE).toBeGreaterThan(before);
  const end = (said: readonly Said[]) => said.at(-1)?.text ?? '';
  /** What the check of that name finds becomes that. */
  const finds = (name: string, state: Found['state'], found = /./) =>
    expect
      .poll(async () => {
        const { checks } = Findings.parse(JSON.parse((await night.ops('doctor --json')).text));
        return checks.find((one) => one.name === name);
      }, PATIENCE)
      .toMatchObject({ state, found: expect.stringMatching(found) });

  rehearse('poller-silent', async () => {
    // The schedule does not run here: it is as silent as a schedule that an operator has disabled.
    expect(night.counted('PollerRun')).toBe(0);
    const said = await night.follow('poller-silent');
    expect(end(said)).toContain('books handed over');
    await goesUp('PollerRun', 0);
  });

  rehearse('dead-letters', async () => {
    const book = await night.quietBook();
    const { sqs } = night.document;
    const envelope = delivery(
      'DOC_VERIFIED',
      { bookUuid: book.uuid },
      { deliveryId: 'night-shift-1', receivedAt: new Date().toISOString() },
    );
    const client = new SQSClient({ ...ACCESS, endpoint: sqs.endpoint });
    const QueueUrl = sqs.queues['doc-verified']?.dlqUrl ?? '';
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: serialiseEnvelope(envelope) }));
    await finds('dead letters', 'fail', /^doc-verified 1$/);

    const said = await night.follow('dead-letters', book.uuid, envelope.deliveryId);
    expect(said[0]?.text).toContain('DOC_VERIFIED');
    await finds('dead letters', 'ok');
    await expect
      .poll(async () => (await night.ops('queues --json')).text, PATIENCE)
      .not.toMatch(/"dlq":[1-9]/);
    await expect
      .poll(async () => (await night.ops(`book ${book.uuid} --json`)).text, PATIENCE)
      .toContain('"forms"');
  });

  rehearse('webhook-client-errors', async () => {
    // Registered is a path that does not exist.
    const url = night.stack.webhookUrl.replace(/[^/]+$/, 'nobody');
    night.simulator.setWebhook({ url, secret: night.stack.webhookSecret });
    const { uuid } = await night.quietBook();
    expect(await announce(uuid)).toBe('given-up');
    const said = await night.follow('webhook-client-errors');
    expect(end(said)).toContain('books handed over');
    expect(await announce(uuid)).toBe('delivered');
  });

  rehearse('deliveries-refused', async () => {
    const before = night.counted('DeliveryRefused', '"reason":"signature-mismatch"');
    night.simulator.setWebhook({ url: night.stack.webhookUrl, secret: 'another-secret-than-ours' });
    const { uuid } = await night.quietBook();
    expect(await announce(uuid)).toBe('given-up');
    await goesUp('DeliveryRefused', before, '"reason":"signature-mismatch"');
    await finds('refused deliveries', 'fail', /a wrong signature or password, .*none was accepted since$/);
    await night.follow('deliveries-refused');
    // Its test ping shows that the secret is right. After five minutes without another one, it is ok.
    await finds('refused deliveries', 'warn', /one was accepted since$/);
    expect(await announce(uuid)).toBe('delivered');
  });

  rehearse('deliveries-unsigned', async () => {
    night.simulator.setWebhook({ url: night.stack.webhookUrl });
    const { uuid } = await night.quietBook();
    expect(await announce(uuid)).toBe('given-up');
    await goesUp('DeliveryRefused', 0, '"reason":"unsigned"');
    await night.follow('deliveries-unsigned');
    expect(await announce(uuid)).toBe('delivered');
  });

  rehearse('registration-drift', async () => {
    night.simulator.setWebhook({ url: 'https://hooks.example/elsewhere' });
    await finds('registration', 'fail', /^differs: default$/);
    const said = await night.follow('registration-drift');
    expect(said[0]?.text).toContain('DIFFERS');
    expect((await night.ops('registration')).text).toContain('matches the settings');
  });

  rehearse('recovered-by-poll', async () => {
    const before = night.counted('RecoveredByPoll');
    night.simulator.setWebhook({});
    const { uuid } = await night.quietBook();
    await expect
      .poll(async () => {
        await night.ops('poll');
        return night.counted('RecoveredByPoll');
      }, PATIENCE)
      .toBeGreaterThan(before);
    expect(end(await night.follow('recovered-by-poll'))).toContain('DIFFERS');
    // "Register again if the registration differs."
    await night.ops('register');
    expect(await announce(uuid)).toBe('delivered');
  });

  rehearse('ocrolus-unavailable', async () => {
    const { uuid } = await night.quietBook();
    await night.ops('poll');
    night.simulator.faults.add({ fault: 'unauthorized' });
    const failed = await night.ops('poll');
    expect(failed).toMatchObject({
      isProblem: true,
      text: expect.stringContaining('default could not be asked: auth'),
    });
    await goesUp('AccountNotAsked', 0, '"cause":"credentials"');
    await finds('Ocrolus', 'fail', /^default: credentials or account refused \(auth\): book-status/);
    // An operator has put the right credentials in.
    night.simulator.faults.clear();
    await expect
      .poll(async () => end(await night.follow('ocrolus-unavailable', uuid)), PATIENCE)
      .toMatch(ALL_ANSWERED);
  });

  rehearse('results-overdue', async () => {
    const before = night.counted('ResultsOverdue');
    const { uuid } = await night.quietBook();
    /** Kinds of results that are stored, or missing. */
    const kinds = async (of: 'results' | 'missing') => {
      const book = JSON.parse((await night.ops(`book ${uuid} --json`)).text) as Record<
        typeof of,
        { kind: string }[]
      >;
      return book[of].map(({ kind }) => kind);
    };
    night.simulator.faults.add({ fault: 'forbidden', path: `/v2/book/${uuid}/paystub` });
    await expect
      .poll(async () => {
        await night.ops('poll');
        return night.counted('ResultsOverdue') > before && (await kinds('missing')).includes('paystubs');
      }, PATIENCE)
      .toBe(true);
    // Ocrolus has corrected the contract.
    night.simulator.faults.clear();
    await night.follow('results-overdue', uuid);
    await expect.poll(() => kinds('missing'), PATIENCE).not.toContain('paystubs');
    expect(await kinds('results')).toContain('paystubs');
  });

  rehearse('events-unrecognized', async () => {
    const { uuid } = await night.quietBook();
    await night.ops(`send book.of.tomorrow --unknown --book ${uuid}`);
    await goesUp('UnrecognizedEvent', 0);
    await finds('unrecognized events', 'warn', /: book\.of\.tomorrow \(unknown-name\)$/);
    const [listed, shown, replayed] = await night.follow('events-unrecognized', uuid);
    expect(listed?.text).toContain('book.of.tomorrow');
    expect(shown?.text).toContain('book.of.tomorrow');
    expect(replayed?.text).toMatch(/^1 of 1 would be sent/);
  });
});

test('every alarm is rehearsed, or it is said why not', () => {
  expect([...REHEARSED, ...Object.keys(NOT_HERE)].toSorted()).toEqual(ALARM_IDS.toSorted());
});
