import { expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();

const inGroup = (uuid: string, image_group_pk: number | undefined, status?: string) => ({
  ...document(uuid, status),
  image_group_pk,
});
/** An active book whose documents have all results. */
const says = (...docs: ReturnType<typeof inGroup>[]) => {
  book.saysEverything(...docs.map(({ uuid }) => uuid));
  book.says('VERIFYING', docs);
};

test('the documents of the group are fetched, and no others; another event fetches all of them again', async () => {
  says(
    inGroup('d1', 9),
    inGroup('d2', 9, 'REJECTED'),
    inGroup('d3', 8),
    inGroup('d4', undefined),
    inGroup('d5', 9),
  );
  for (const count of [2, 4]) {
    expect(await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' })).toEqual([]);
    expect(await book.captured()).toEqual(['d1', 'd5']);
    expect(book.ocrolus.count('doc-form-data')).toBe(count);
    book.clock.advance(1);
  }
});

test('named by a uuid, which Book status does not show, every document of a group is meant', async () => {
  says(inGroup('d1', 9), inGroup('d2', 8), inGroup('d3', undefined));
  expect(await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupUuid: 'g' })).toEqual([]);
  expect(await book.captured()).toEqual(['d1', 'd2']);
});

test.each([
  ['is not listed', [inGroup('d1', 8)], 'image-group-not-listed', []],
  ['is not finished', [inGroup('d1', 9), inGroup('d2', 9, 'VERIFYING')], 'image-group-not-verified', ['d1']],
])(
  'while a group %s, the event is waiting, and the poller polls again',
  async (_, docs, reason, captured) => {
    says(...docs);
    await book.deliver('IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' }, { attempts: 3 });
    expect(await book.captured()).toEqual(captured);
    expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason }]);
    expect(await book.shown()).toMatchObject({ dueAt: expect.any(String) });
  },
);
