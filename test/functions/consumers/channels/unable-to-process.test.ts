import { beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../../shared/events/envelope.ts';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, signals } from '../testing/answers.ts';
import { createHarness, type Harness, type Receiving, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  const docs = [{ uuid: 'd', status: 'VERIFYING' }];
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNABLE_TO_PROCESS' }));
});

const deliver = (payload?: Payload, receiving: Receiving = {}) => {
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  const event = delivery('document.detect.unable_to_process', ids, payload === undefined ? {} : { payload });
  return receive(harness, [event], receiving);
};
const inline = (body: unknown): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });
const detect = async () => (await harness.reader.documents('b'))[0]?.detect;

test.each([
  ['at the top', { reason: 'encrypted' }],
  ['in the notification', { status: 'VERIFICATION_COMPLETE', notification_reason: 'encrypted' }],
  ['inside an object', { data: { detect: { unable_to_process_reason: 'encrypted' } } }],
  ['inside a list', { documents: [{ uuid: 'd' }, { error_message: ' encrypted ' }] }],
  ['under a key that is not documented', { detectFailureReasonText: 'encrypted' }],
])('the reason is kept wherever the body has it: %s', async (_, body) => {
  expect(await deliver(inline(body))).toEqual([]);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'applied' }]);
  expect(harness.lines.join('\n')).not.toContain('encrypted');
});

test('the most specific reason counts where there are several', async () => {
  await deliver(inline({ message: 'see reason', reason: 'encrypted', nested: { reason: 'deeper' } }));
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('the reason is found in a body that was too large for the message', async () => {
  const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), reason: 'encrypted' }));
  await harness.bodies.put('deliveries/1', body);
  await deliver({ encoding: 's3', bucket: harness.bodies.bucket, key: 'deliveries/1', bytes: body.length });
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('the reason is found behind a byte order mark', async () => {
  await deliver({ encoding: 'utf8', body: '\uFEFF{"reason":"encrypted"}' });
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('what Detect answers anyway is stored', async () => {
  await deliver(inline({ reason: 'encrypted' }));
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
});

test('what Detect answers replaces what a delayed event says', async () => {
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNSUPPORTED' }));
  await deliver(inline({ reason: 'encrypted' }));
  expect(await detect()).toEqual({ state: 'UNSUPPORTED', at: expect.any(String) });
});

test.each([['is not finished', signals('b', { d: 'PENDING' }), 'pending', 'detect-pending']])(
  'when Detect %s the state and the reason are kept, and the signals stay missing',
  async (_, reply, state, code) => {
    harness.ocrolus.says(calls.documentSignals('d'), reply);
    harness.ocrolus.says(calls.bookSignals('b'), error(404, 1402));
    expect(await deliver(inline({ reason: 'encrypted' }), { attempts: 3 })).toEqual([]);
    expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
    expect(await harness.reader.results('b')).toEqual([]);
    expect(await harness.reader.missing('b')).toContainEqual(
      expect.objectContaining({ kind: 'signals', subject: 'd', state, code }),
    );
  },
);

test.each<[string, Payload | undefined]>([
  ['gives no reason', inline({ status: 'x' })],
  ['has no body', undefined],
  ['is not JSON', { encoding: 'utf8', body: '{' }],
])('an event that %s leaves the reason unknown', async (_, payload) => {
  await deliver(payload);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'unknown' });
});

describe('a passing fault of Detect', () => {
  test('is not an answer: the message is retried', async () => {
    harness.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
    expect(await deliver(inline({ reason: 'encrypted' }))).toEqual(['message-0']);
    expect(await harness.reader.results('b')).toEqual([]);
  });

  test('does not withhold what the event says', async () => {
    harness.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
    await deliver(inline({ reason: 'encrypted' }));
    expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  });
});
