import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

/** Answers that Ocrolus may give, and that say less than they seem to: none of them completes a book. */
const book = useBook();

/** Values in Book status that this project's types exclude. */
const unreadable = (value: unknown) => value as ReturnType<typeof document>;

describe('a 200 that is not a result', () => {
  test.each([
    ['null', null],
    ['a response of null', { status: 200, message: 'OK', response: null }],
    ['an error in words', { error: 'Book not found' }],
    ['a message', { message: 'Forms are not available yet' }],
    ['a status in words', { status: 'error', message: 'try later' }],
  ])('is requested again: %s', async (_, body) => {
    book.answers(calls.documentForms('d'), { body });
    await book.liveAfter('BOOK_VERIFIED', { hours: 3 });
    expect(await book.shown()).toMatchObject({ complete: false, open: ['forms'] });
    book.saysEverything('d');
    await book.live(2);
    expect(await book.stored()).toContain('forms d');
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test.each([{}, [], { status: 200, response: {} }])('is stored where it may be empty: %j', async (body) => {
    book.answers(calls.documentForms('d'), { body });
    await book.deliver('BOOK_VERIFIED');
    expect(await book.body('forms', 'd')).toBe(JSON.stringify(body));
  });
});

describe('Book status of a verified book', () => {
  test.each([
    ['a document without status', [unreadable({ uuid: 'd' })]],
    ['a document that is not finished', [document('d'), document('e', 'VERIFYING')]],
    ['a status that is not known', [document('d', 'GROOMED')]],
    ['an entry that is null', [document('d'), unreadable(null)]],
    ['an entry without id', [document('d'), unreadable({ status: 'VERIFICATION_COMPLETE' })]],
  ])('with %s does not complete it, and is requested less and less often', async (_, docs) => {
    book.saysEverything('d', 'e');
    book.says('VERIFIED', docs);
    await book.liveAfter('BOOK_VERIFIED', { days: 10 });
    expect(await book.shown()).toMatchObject({ complete: false });
    const before = book.ocrolus.count('book-status');
    await book.live(1);
    expect(book.ocrolus.count('book-status') - before).toBeLessThanOrEqual(4);
    book.saysEverything('d', 'e');
    await book.live(5);
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(await book.stored()).toEqual(expect.arrayContaining(['forms d', 'forms e']));
  });

  test('of which a document can never be read has the results of a document that is added', async () => {
    const rejected = document('r', 'REJECTED');
    book.says('VERIFIED', [rejected, unreadable({ status: 'FAILED' })]);
    await book.liveAfter('BOOK_VERIFIED', { days: 2 });
    book.says('VERIFIED', [rejected, document('d'), unreadable({ status: 'FAILED' })]);
    await book.live(3);
    expect(await book.stored()).toEqual(expect.arrayContaining(['forms d', 'summary b', 'signals b']));
  });
});

test.each([
  ['IMAGE_GROUP_VERIFIED', { imageGroupPk: '7', docUuid: 'd1', uploadedDocUuid: 'd1' }],
  ['BOOK_VERIFIED', { docUuid: 'd1' }],
])('the id of one document does not name the forms of others: %s', async (eventName, ids) => {
  book.saysEverything('d1', 'd2');
  book.says(
    'VERIFIED',
    ['d1', 'd2'].map((uuid) => ({ ...document(uuid), image_group_pk: 7 })),
  );
  for (const uuid of ['d1', 'd2'])
    book.answers(calls.documentForms(uuid), { body: { response: { forms: [uuid] } } });
  await book.deliver(eventName, ids);
  await book.live(1);
  expect(await book.body('forms', 'd2')).toContain('"d2"');
});
