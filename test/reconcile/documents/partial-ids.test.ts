import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, saysStatus } from '../testing/answers.ts';
import { createBookHarness, createMixedHarness, deliver, results } from '../testing/harness.ts';

const CORRECTED = { body: { response: { forms: [{ form_type: 'CORRECTED' }] } } };

test('documents that events name by their pk only are captured', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd1', pk: 11, status: 'VERIFICATION_COMPLETE' },
    { uuid: 'd2', pk: 12, status: 'VERIFICATION_COMPLETE' },
  ]);
  await receive(harness.consumers, [
    delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocPk: '11' }),
    delivery('document.detect.signal_found', { bookUuid: 'b', uploadedDocPk: '12' }),
  ]);
  const results = (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
  expect(results.sort()).toEqual(['forms d1', 'signals d2', 'transactions d1']);
});

test('forms are asked for by the pk of their document, although Book status shows it later', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.documentForms('d'), error(404, 1501));
  ocrolus.says(calls.documentFormsByPk('7'), { body: { response: { forms: [] } } });
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(2);
  expect(await results(harness)).not.toContain('forms d');
  saysStatus(ocrolus, 'b', 'VERIFIED', [{ ...document('d'), pk: 7 }]);
  await harness.live(2);
  expect(await results(harness)).toContain('forms d');
});

test('a document is found by its other uuid, which only an earlier event had together with the uuid of the upload', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.documentForms('part'), { body: { response: { forms: [] } } });
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd', docUuid: 'part' });
  await harness.live(1);
  harness.ocrolus.says(calls.documentForms('d'), CORRECTED);
  harness.ocrolus.says(calls.documentForms('part'), CORRECTED);
  expect(await deliver(harness, 'DOC_VERIFIED', { docUuid: 'part' })).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('CORRECTED');
});

test('it is found by its other uuid also if Book status is asked which document that is', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd', docUuid: 'part' });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'REJECTED')]);
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.says(calls.documentForms('d'), CORRECTED);
  ocrolus.says(calls.documentForms('part'), CORRECTED);
  expect(await deliver(harness, 'DOC_VERIFIED', { docUuid: 'part' })).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('CORRECTED');
});

test('an event with the uuids of a split PDF and of a part of it is about the part', async () => {
  const harness = await createMixedHarness('VERIFIED', 'VERIFICATION_COMPLETE');
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  harness.ocrolus.says(calls.documentForms('d'), CORRECTED);
  expect(await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'm', docUuid: 'd' })).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('CORRECTED');
});

test('a document that is not known yet is no other one that has the same other uuid', async () => {
  const harness = await createBookHarness({}, ['u1', 'u2']);
  const { ocrolus } = harness;
  ocrolus.says(calls.documentForms('part'), CORRECTED);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('u1')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'u1', docUuid: 'part' });
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('u1'), document('u2')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'u2', docUuid: 'part' });
  expect(await results(harness)).toContain('forms u2');
});
