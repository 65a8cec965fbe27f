import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import type { PollerStage } from '../poller/testing/stage.ts';
import { saysBook } from './testing/answers.ts';
import { announce, book, createBookStage } from './testing/stage.ts';

/**
 * Events about documents that are stored, while Book status is refused: what they announce is fetched once it is shown. Most
 * of them name the book by its pk, so that none of its documents can be found yet.
 */
const BY_PK = calls.bookStatus({ bookPk: '7' });
const DOCUMENTS = [
  { uuid: 'd1', pk: 11, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd2', pk: 12, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd3', pk: 13, status: 'VERIFICATION_COMPLETE', image_group_pk: 6 },
];

/** A complete book, of which Book status is refused by its pk from now on; all forms are other ones. */
async function createRefusedStage(): Promise<PollerStage> {
  const stage = await createBookStage({}, ['d1', 'd2', 'd3']);
  saysBook(stage.ocrolus, 'b', { book_status: 'VERIFIED', docs: DOCUMENTS, pk: 7 });
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  for (const { uuid } of DOCUMENTS) {
    stage.ocrolus.says(calls.documentForms(uuid), { body: { status: 200, response: { forms: ['new'] } } });
  }
  stage.ocrolus.says(BY_PK, error(400, 1401));
  return stage;
}

const event = (stage: PollerStage, eventName: string, ids: Parameters<typeof delivery>[1]) =>
  delivery(eventName, { bookPk: '7', ...ids }, { receivedAt: stage.clock.iso() });

/** Book status is shown again, and some hours pass. @returns the documents whose forms were fetched again. */
async function recover(stage: PollerStage): Promise<string[]> {
  const { ocrolus, reader } = stage;
  ocrolus.says(BY_PK, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  await stage.liveHours(12);
  expect(await reader.book('pk-7')).toBeUndefined();
  expect(await book(stage)).toMatchObject({ complete: true });
  const fetched = [];
  for (const { uuid } of DOCUMENTS) {
    if (String(await reader.resultBody('b', 'forms', uuid)).includes('new')) fetched.push(uuid);
  }
  return fetched;
}

test.each([
  ['a document by its uuid', 'DOC_VERIFIED', { uploadedDocUuid: 'd2' }, ['d2']],
  ['a document by its pk', 'document.verification_succeeded', { uploadedDocPk: '13' }, ['d3']],
  ['an image group', 'IMAGE_GROUP_VERIFIED', { imageGroupPk: '5' }, ['d1', 'd2']],
  ['an image group that is not named', 'IMAGE_GROUP_VERIFIED', {}, ['d1', 'd2', 'd3']],
])('%s', async (_what, eventName, ids, fetched) => {
  const stage = await createRefusedStage();
  expect(await receive(stage.consumers, [event(stage, eventName, ids)], { attempts: 20 })).toEqual([]);
  expect(await recover(stage)).toEqual(fetched);
});

test('more documents than can be listed: all are asked for again', async () => {
  const stage = await createRefusedStage();
  for (let pk = 100; pk < 200; pk += 1) {
    const unknown = event(stage, 'DOC_VERIFIED', { uploadedDocPk: String(pk) });
    await receive(stage.consumers, [unknown], { attempts: 20 });
  }
  await receive(stage.consumers, [event(stage, 'DOC_VERIFIED', { uploadedDocPk: '11' })], { attempts: 20 });
  expect(await recover(stage)).toEqual(['d1', 'd2', 'd3']);
});

test('a message that is never processed to its end', async () => {
  const stage = await createRefusedStage();
  const dies = event(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  stage.ocrolus.says(BY_PK, { httpStatus: 500, body: {} });
  expect(await receive(stage.consumers, [dies], { attempts: 2 })).toHaveLength(1);
  expect(await recover(stage)).toEqual(['d2']);
});

test('what the event itself has fetched at its second attempt is not fetched again', async () => {
  const stage = await createRefusedStage();
  const { ocrolus } = stage;
  ocrolus.says(BY_PK, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  const second = event(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  expect(await receive(stage.consumers, [second], { attempts: 2 })).toEqual([]);
  const before = ocrolus.asked.length;
  expect(await recover(stage)).toEqual(['d2']);
  expect(ocrolus.asked.slice(before).filter(({ target }) => /form|transaction/.test(target))).toEqual([]);
});

test.each([
  ['a doc_uuid of its own and the pk of the upload', { docUuid: 'x', uploadedDocPk: '11' }, ['d1']],
  ['the uuid of its parent and its own', { uploadedDocUuid: 'parent', docUuid: 'd2' }, ['d2']],
  ['a uuid that is not listed and the pk', { uploadedDocUuid: 'y', uploadedDocPk: '13' }, ['d3']],
])('a document of a book that is known, by %s', async (_what, ids, fetched) => {
  const stage = await createRefusedStage();
  const byUuid = calls.bookStatus({ bookUuid: 'b' });
  const shown = stage.ocrolus.script(byUuid);
  stage.ocrolus.says(byUuid, error(400, 1401));
  const named = delivery(
    'document.verification_succeeded',
    { bookUuid: 'b', ...ids },
    { receivedAt: stage.clock.iso() },
  );
  expect(await receive(stage.consumers, [named], { attempts: 20 })).toEqual([]);
  stage.ocrolus.says(byUuid, ...shown);
  expect(await recover(stage)).toEqual(fetched);
});
