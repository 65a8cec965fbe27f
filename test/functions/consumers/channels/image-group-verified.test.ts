import { beforeEach, expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, type ScriptedDocument, saysCaptured } from '../testing/answers.ts';
import { createHarness, type Harness, type Receiving, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const says = (...docs: ScriptedDocument[]) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const deliver = (ids: EventIds, receiving: Receiving = {}) =>
  receive(harness, [delivery('IMAGE_GROUP_VERIFIED', { bookUuid: 'b', ...ids })], receiving);
const fetched = async () => [...new Set((await harness.reader.results('b')).map(({ subject }) => subject))];
const documents = async () =>
  (await harness.reader.documents('b')).map(({ docUuid, status }) => `${docUuid} ${status}`);

const inGroup = (uuid: string, image_group_pk: number | undefined, status = 'VERIFICATION_COMPLETE') => ({
  uuid,
  status,
  image_group_pk,
});

test('the documents of the group are fetched, and no others', async () => {
  says(inGroup('d1', 9), inGroup('d2', 9, 'REJECTED'), inGroup('d3', 8), inGroup('d4', undefined));
  saysCaptured(harness.ocrolus, 'b', 'd1');
  expect(await deliver({ imageGroupPk: '9' })).toEqual([]);
  expect(await fetched()).toEqual(['d1']);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'applied' }]);
});

test('named by a uuid, which Book status does not show, every document of a group is meant', async () => {
  says(inGroup('d1', 9), inGroup('d2', 8), inGroup('d3', undefined));
  for (const docUuid of ['d1', 'd2']) saysCaptured(harness.ocrolus, 'b', docUuid);
  expect(await deliver({ imageGroupUuid: 'g' })).toEqual([]);
  expect(await fetched()).toEqual(['d1', 'd2']);
});

test('while a group is not listed, the event is waiting, and the poller polls again', async () => {
  says(inGroup('d1', 8));
  await deliver({ imageGroupPk: '9' }, { attempts: 3 });
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'waiting', reason: 'image-group-not-listed' },
  ]);
  expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
});

test('of an unfinished group, the finished documents are fetched, and the poller polls again', async () => {
  says(inGroup('d1', 9), inGroup('d2', 9, 'VERIFYING'));
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver({ imageGroupPk: '9' }, { attempts: 3 });
  expect(await harness.reader.results('b')).toHaveLength(2);
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'waiting', reason: 'image-group-not-verified' },
  ]);
});

test('a retry, and another event of the group, fetch all of it again', async () => {
  says(inGroup('d1', 9), inGroup('d2', 9));
  for (const docUuid of ['d1', 'd2']) saysCaptured(harness.ocrolus, 'b', docUuid);
  harness.ocrolus.says(calls.documentForms('d2'), new Failure('retry', 'http-503'), { body: {} });
  const event = delivery('IMAGE_GROUP_VERIFIED', { bookUuid: 'b', imageGroupPk: '9' });
  expect(await receive(harness, [event])).toHaveLength(1);
  expect(await receive(harness, [event], { attempts: 2 })).toEqual([]);
  const forms = () =>
    harness.ocrolus.asked.flatMap(({ target }) => target.match(/(?<=forms.*doc_uuid=)d\d/)?.[0] ?? []);
  expect(forms()).toHaveLength(4);

  harness.clock.advance(1);
  const receivedAt = harness.clock.iso();
  const other = delivery('IMAGE_GROUP_VERIFIED', { bookUuid: 'b', imageGroupPk: '9' }, { receivedAt });
  expect(await receive(harness, [other])).toEqual([]);
  expect(forms()).toHaveLength(6);
});

test('a PDF that was split has its status, and is not fetched', async () => {
  const status = bookStatus('b', 'VERIFYING', [], { mixed_docs: [inGroup('m', 9)] });
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), status);
  expect(await deliver({ imageGroupPk: '9' })).toEqual([]);
  expect(await documents()).toEqual(['m VERIFICATION_COMPLETE']);
});
