import { describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { withParameters } from '../../../shared/ocrolus/parameters.ts';
import { document, error, FORBIDDEN, signals } from '../../functions/consumers/testing/answers.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';

const results = (policies: Readonly<Record<string, string>>) => ({
  settings: { RESULTS: JSON.stringify(policies) },
});

test.each([
  ['announced', FORBIDDEN, {}],
  ['always', error(404, 1501), { d: 'COMPLETED' }],
])('signals are %s: an event of a document that is not shown is kept', async (policy, refusal, listed) => {
  book.redeploy(results({ signals: policy }));
  book.says('VERIFYING', [document('d', 'VERIFYING')]);
  await book.untilDone('document.upload_succeeded');
  if (policy === 'announced') book.answers(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
  book.answers(calls.documentSignals('e'), refusal);
  book.answers(calls.partSignals('e'), refusal);
  book.answers(calls.bookSignals('b'), policy === 'announced' ? FORBIDDEN : signals('b', listed));
  await book.untilDone('document.detect.signal_found', { uploadedDocUuid: 'e' });
  await book.liveHours(1);
  book.saysEverything('d', 'e');
  await book.live(5);
  expect(await book.document('e')).toMatchObject({ detect: { state: 'COMPLETED' } });
});

test('after a change to `always`, everything of a finished book is fetched, also what was only probed', async () => {
  book.redeploy(results({ forms: 'never', transactions: 'never', signals: 'never', summary: 'never' }));
  await book.deliver('BOOK_VERIFIED');
  await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
  await book.live(14);
  expect(await book.shown()).toMatchObject({ complete: true });
  book.redeploy(results({ income: 'always' }));
  book.saysIncome();
  await book.live(8);
  expect(await book.stored()).toEqual(
    expect.arrayContaining(['forms d', 'transactions d', 'summary b', 'income b']),
  );
});

describe('a book that is only classified', () => {
  const says = (
    docs: readonly ReturnType<typeof document>[],
    more: object = { book_class: CLASSIFY_ONLY },
  ) => {
    book.answers(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
    book.says('VERIFYING', docs, more);
  };

  test('has the results of a document that is upgraded in it, although every webhook is lost', async () => {
    says([document('d', 'CLASSIFIED'), document('e', 'CLASSIFIED')]);
    await book.liveAfter('document.upload_succeeded', { hours: 3 });
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(await book.stored()).toEqual(['classification b']);
    says([{ ...document('d', 'CLASSIFIED'), document_class: 'INSTANT' }, document('e', 'CLASSIFIED')]);
    await book.live(2);
    expect(await book.shown()).toMatchObject({ complete: false });
    says([{ ...document('d'), document_class: 'INSTANT' }, document('e', 'CLASSIFIED')]);
    await book.live(2);
    expect(await book.stored()).toEqual(expect.arrayContaining(['forms d', 'signals b', 'summary b']));
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(await book.document('d')).toMatchObject({ documentClass: 'INSTANT' });
  });

  test.each([
    ['its class', {}, { document_class: CLASSIFY_ONLY }, { document_class: 'INSTANT' }],
    ['the classes of its documents', { book_class: CLASSIFY_ONLY }, {}, {}],
  ])('is not opened again by an answer that leaves out %s', async (_, more, ofClassified, ofUpgraded) => {
    const classified = { ...document('e', 'CLASSIFIED'), document_class: CLASSIFY_ONLY };
    says([{ ...document('d'), document_class: 'INSTANT' }, classified]);
    await book.untilDone('document.upload_succeeded');
    await book.live(4);
    const { generation } = (await book.shown()) ?? {};
    expect(await book.shown()).toMatchObject({ complete: true });
    says(
      [
        { ...document('d'), ...ofUpgraded },
        { ...document('e', 'CLASSIFIED'), ...ofClassified },
      ],
      more,
    );
    await book.look('now');
    await book.live(4);
    expect(await book.shown()).toMatchObject({ complete: true, generation });
  });
});

test('after a change of the parameters, the results of a finished book are asked for again, with them', async () => {
  const PARAMETERS = {
    'cash-flow-features': { min_days_to_include: '32' },
    'doc-form-data': { include_bboxes: 'true' },
  };
  await book.deliver('BOOK_VERIFIED');
  await book.live(1);
  expect(await book.shown()).toMatchObject({ complete: true });
  Object.assign(book.consumers.dependencies.settings, { PARAMETERS });
  book.answers(withParameters(calls.cashFlowFeatures('b'), PARAMETERS), { body: { months: 'full' } });
  book.answers(withParameters(calls.documentForms('d'), PARAMETERS), {
    body: { status: 200, response: ['box'] },
  });
  await book.live(3);
  expect(await book.body('cash-flow')).toContain('full');
  expect(await book.body('forms', 'd')).toContain('box');
  expect(await book.shown()).toMatchObject({ complete: true, generation: 2 });
  const asked = book.ocrolus.asked.length;
  await book.liveHours(1);
  expect(book.ocrolus.asked.length).toBe(asked);
});
