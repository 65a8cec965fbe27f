import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const FORMS = { body: { response: { forms: [] } } };
const CORRECTED = { body: { response: { forms: [{ form_type: 'CORRECTED' }] } } };

test('forms are asked for by the pk of their document, although Book status shows it later', async () => {
  book.answers(calls.documentForms('d'), error(404, 1501));
  book.answers(calls.documentFormsByPk('7'), FORMS);
  await book.liveAfter('BOOK_VERIFIED', { hours: 2 });
  expect(await book.stored()).not.toContain('forms d');
  book.says('VERIFIED', [{ ...document('d'), pk: 7 }]);
  await book.live(2);
  expect(await book.stored()).toContain('forms d');
});

describe('the other uuid of a document', () => {
  const saysCorrected = () => {
    book.answers(calls.documentForms('d'), CORRECTED);
    book.answers(calls.documentForms('part'), CORRECTED);
  };

  test.each([
    ['finds it, although only an earlier event had it together with the uuid of the upload', document('d')],
    ['finds it also if Book status is asked which document that is', document('d', 'REJECTED')],
  ])('%s', async (_, meanwhile) => {
    book.answers(calls.documentForms('part'), FORMS);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd', docUuid: 'part' });
    book.says(meanwhile.status === 'REJECTED' ? 'VERIFYING' : 'VERIFIED', [meanwhile]);
    await book.live(1);
    book.says('VERIFIED', [document('d')]);
    saysCorrected();
    expect(await book.deliver('DOC_VERIFIED', { docUuid: 'part' })).toEqual([]);
    expect(await book.body('forms', 'd')).toContain('CORRECTED');
  });

  test('is kept while the forms that are filed under it are pending', async () => {
    book.answers(calls.documentForms('d'), error(400, 1501));
    book.answers(calls.documentForms('part'), error(400, 1404));
    await book.untilDone('document.verification_succeeded', { uploadedDocUuid: 'd', docUuid: 'part' });
    book.answers(calls.documentForms('part'), FORMS);
    await book.live(5);
    expect(await book.stored()).toContain('forms d');
  });

  test('may be all that the first event names: Book status shows which document has ended', async () => {
    book.says('VERIFYING', [document('d', 'VERIFYING')]);
    await book.deliver('document.upload_succeeded');
    book.says('VERIFIED', [document('d')]);
    await book.untilDone('document.verification_succeeded', { docUuid: 'part' });
    await book.live(1);
    expect(await book.stored()).toEqual(expect.arrayContaining(['forms d', 'transactions d']));
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('does not make a document that is not known yet another one that has the same', async () => {
    book.saysEverything('u1', 'u2');
    book.answers(calls.documentForms('part'), CORRECTED);
    book.says('VERIFIED', [document('u1')]);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'u1', docUuid: 'part' });
    await book.live(1);
    book.says('VERIFIED', [document('u1'), document('u2')]);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'u2', docUuid: 'part' });
    expect(await book.stored()).toContain('forms u2');
  });
});
