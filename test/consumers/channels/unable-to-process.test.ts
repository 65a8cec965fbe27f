import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/detect-unable-to-process.ts';
import type { Payload } from '../../../shared/events/envelope.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { error, signals } from '../testing/answers.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNABLE_TO_PROCESS' }));
});

const tell = (payload?: Payload) => {
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  const event = delivery('document.detect.unable_to_process', ids, payload === undefined ? {} : { payload });
  return receive(stage, observe, [event]);
};
const inline = (body: unknown): Payload => ({ encoding: 'utf8', body: JSON.stringify(body) });
const detect = async () => (await stage.reader.documents('b'))[0]?.detect;

test.each([
  ['at the top', { reason: 'encrypted' }],
  ['in the notification', { status: 'VERIFICATION_COMPLETE', notification_reason: 'encrypted' }],
  ['inside an object', { data: { detect: { unable_to_process_reason: 'encrypted' } } }],
  ['inside a list', { documents: [{ uuid: 'd' }, { error_message: ' encrypted ' }] }],
  ['under a key that nobody has announced', { detectFailureReasonText: 'encrypted' }],
])('the reason is kept wherever the body has it: %s', async (_, body) => {
  expect(await tell(inline(body))).toEqual([]);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied', reason: 'encrypted' }]);
});

test('the most telling reason counts where there are several', async () => {
  await tell(inline({ message: 'see reason', reason: 'encrypted', nested: { reason: 'deeper' } }));
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('the reason is found in a body that was too large for the message', async () => {
  const body = Buffer.from(JSON.stringify({ padding: 'x'.repeat(1000), reason: 'encrypted' }));
  await stage.bodies.put('deliveries/1', body);
  await tell({ encoding: 's3', bucket: stage.bodies.bucket, key: 'deliveries/1', bytes: body.length });
  expect(await detect()).toMatchObject({ reason: 'encrypted' });
});

test('what Detect answers all the same is stored', async () => {
  await tell(inline({ reason: 'encrypted' }));
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
});

test.each([
  ['refuses to answer', error(404, 1402)],
  ['is not done', signals('b', { d: 'PENDING' })],
])('when Detect %s the state and the reason are kept, and nobody waits', async (_, reply) => {
  stage.ocrolus.says(calls.documentSignals('d'), reply);
  expect(await tell(inline({ reason: 'encrypted' }))).toEqual([]);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: 'encrypted' });
  expect(await stage.reader.results('b')).toEqual([]);
});

test.each<[string, Payload | undefined]>([
  ['gives no reason', inline({ status: 'x' })],
  ['has no body', undefined],
  ['is no JSON', { encoding: 'utf8', body: '{' }],
])("an event that %s keeps Ocrolus's own code", async (_, payload) => {
  stage.ocrolus.says(calls.documentSignals('d'), error(404, 1402));
  await tell(payload);
  expect(await detect()).toMatchObject({ state: 'UNABLE_TO_PROCESS', reason: '1402' });
});

test('a fault in passing is no answer: the message comes back', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
  expect(await tell(inline({ reason: 'encrypted' }))).toEqual(['message-0']);
  expect(await stage.reader.documents('b')).toEqual([]);
});
