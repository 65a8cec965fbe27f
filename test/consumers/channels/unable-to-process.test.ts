import { beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '../../../shared/events/envelope.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, signals } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  const docs = [{ uuid: 'd', status: 'VERIFYING' }];
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNABLE_TO_PROCESS' }));
});

const announce = (payload?: Payload, receiving: Receiving = {}) => {
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  const event = delivery('document.detect.unable_to_process', ids, payload === undefined ? {} : { payload });
  return receive(stage, [event], receiving);
};
const inline = (body: unknown): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });
const detect = async () => (await stage.reader.documents('b'))[0]?.detect;

test.each([
  ['at the top', { reason: 'encrypted' }],
  ['in the notification', { status: 'VERIFICATION_COMPLETE', notification_reason: 'encrypted' }],
  ['inside an object', { data: { detect: { unable_to_process_reason: 'encrypted' } } }],
  ['inside a list', { documents: [{ uuid: 'd' }, { error_message: ' encrypted ' }] }],
  ['under a key that is not documented', { detectFailureReasonText: 'encrypted' }],
])('the reason is kept wherever the body has it: %s', async (_, body) => {
  expect(await announce(inline(body))).toEqual([]);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied' }]);
  expect(stage.lines.join('\n')).not.toContain('encrypted');
});

test('the most specific reason counts where there are several', async () => {
  await announce(inline({ message: 'see reason', reason: 'encrypted', nested: { reason: 'deeper' } }));
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('the reason is found in a body that was too large for the message', async () => {
  const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), reason: 'encrypted' }));
  await stage.bodies.put('deliveries/1', body);
  await announce({ encoding: 's3', bucket: stage.bodies.bucket, key: 'deliveries/1', bytes: body.length });
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('the reason is found behind a byte order mark', async () => {
  await announce({ encoding: 'utf8', body: '\uFEFF{"reason":"encrypted"}' });
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('what Detect answers anyway is stored', async () => {
  await announce(inline({ reason: 'encrypted' }));
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
});

test.each([
  ['UNSUPPORTED', undefined],
  ['UNABLE_TO_PROCESS', 'encrypted'],
])('an event that was delayed says nothing newer than what was answered since: %s', async (state, reason) => {
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: state }));
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: state }));
  await receive(stage, [delivery('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
  stage.ocrolus.says(calls.documentSignals('d'), error(404, 1402));
  stage.ocrolus.says(calls.bookSignals('b'), error(404, 1402));
  const receivedAt = '2026-03-02T08:00:00.000Z';
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  const more = { receivedAt, payload: inline({ reason: 'encrypted' }) };
  await receive(stage, [delivery('document.detect.unable_to_process', ids, more)]);
  expect(await detect()).toEqual({ state, at: expect.any(String), ...(reason !== undefined && { reason }) });
});

test.each([
  ['refuses to answer', error(404, 1402), 'wanted', '1402'],
  ['is not finished', signals('b', { d: 'PENDING' }), 'pending', 'detect-pending'],
])(
  'when Detect %s the state and the reason are kept, and the signals stay missing',
  async (_, reply, state, code) => {
    stage.ocrolus.says(calls.documentSignals('d'), reply);
    stage.ocrolus.says(calls.bookSignals('b'), error(404, 1402));
    expect(await announce(inline({ reason: 'encrypted' }), { attempts: 3 })).toEqual([]);
    expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
    expect(await stage.reader.results('b')).toEqual([]);
    expect(await stage.reader.missing('b')).toContainEqual(
      expect.objectContaining({ kind: 'signals', subject: 'd', state, code }),
    );
  },
);

test.each<[string, Payload | undefined]>([
  ['gives no reason', inline({ status: 'x' })],
  ['has no body', undefined],
  ['is not JSON', { encoding: 'utf8', body: '{' }],
])('an event that %s leaves the reason unknown', async (_, payload) => {
  await announce(payload);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'unknown' });
});

describe('a passing fault of Detect', () => {
  test('is no answer: the message is retried', async () => {
    stage.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
    expect(await announce(inline({ reason: 'encrypted' }))).toEqual(['message-0']);
    expect(await stage.reader.results('b')).toEqual([]);
  });

  test('does not withhold what the event says', async () => {
    stage.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
    await announce(inline({ reason: 'encrypted' }));
    expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  });
});
