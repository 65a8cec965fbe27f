import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { error } from '../../../functions/consumers/testing/answers.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useBook } from '../testing/book.ts';

/**
 * Events about documents that are stored, while Book status is refused: what they announce is fetched once it is shown. Most
 * of them name the book by its pk, so that none of its documents can be found yet.
 */
const BY_PK = calls.bookStatus({ bookPk: '7' });
const BY_UUID = calls.bookStatus({ bookUuid: 'b' });
const DOCUMENTS = [
  { uuid: 'd1', pk: 11, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd2', pk: 12, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd3', pk: 13, status: 'VERIFICATION_COMPLETE', image_group_pk: 6 },
];

const book = useBook();

/** A complete book, of which Book status is refused by its pk from now on; all forms are other ones. */
beforeEach(async () => {
  book.saysEverything(...DOCUMENTS.map(({ uuid }) => uuid));
  book.says('VERIFIED', DOCUMENTS, { pk: 7 });
  await book.complete();
  for (const { uuid } of DOCUMENTS)
    book.answers(calls.documentForms(uuid), { body: { status: 200, response: { forms: ['new'] } } });
  book.answers(BY_PK, error(400, 1401));
});

/** Documents whose forms were fetched again. */
async function fetchedAgain(): Promise<string[]> {
  const fetched = [];
  for (const { uuid } of DOCUMENTS) if ((await book.body('forms', uuid)).includes('new')) fetched.push(uuid);
  return fetched;
}

test.each([
  ['a document by its uuid', 'DOC_VERIFIED', { uploadedDocUuid: 'd2' }, ['d2']],
  ['a document by its pk', 'document.verification_succeeded', { uploadedDocPk: '13' }, ['d3']],
  ['an image group', 'IMAGE_GROUP_VERIFIED', { imageGroupPk: '5' }, ['d1', 'd2']],
  ['an image group that is not named', 'IMAGE_GROUP_VERIFIED', {}, ['d1', 'd2', 'd3']],
])('%s', async (_what, eventName, ids, fetched) => {
  const event = delivery(eventName, { bookPk: '7', ...ids }, { receivedAt: book.clock.iso() });
  expect(await book.receive([event], { attempts: 3 })).toEqual(['message-0']);
  book.answers(BY_PK, ...book.ocrolus.script(BY_UUID));
  book.clock.advance(900);
  expect(await book.receive([event], { attempts: 4 })).toEqual([]);
  await book.liveHours(12);
  expect(await book.shown('pk-7')).toBeUndefined();
  expect(await book.ledger('pk-7')).toEqual([]);
  expect(await book.shown()).toMatchObject({ complete: true });
  expect(await fetchedAgain()).toEqual(fetched);
});

test.each([
  ['a doc_uuid of its own and the pk of the upload', { docUuid: 'x', uploadedDocPk: '11' }, ['d1']],
  ['the uuid of its parent and its own', { uploadedDocUuid: 'parent', docUuid: 'd2' }, ['d2']],
  ['a uuid that is not listed and the pk', { uploadedDocUuid: 'y', uploadedDocPk: '13' }, ['d3']],
])('a document of a known book, by %s', async (_what, ids, fetched) => {
  book.answers(calls.documentForms('x'), error(404, 1501));
  book.answers(BY_UUID, error(400, 1401));
  expect(await book.deliver('document.verification_succeeded', ids, { attempts: 20 })).toEqual([]);
  expect(await fetchedAgain()).toEqual(fetched);
});
