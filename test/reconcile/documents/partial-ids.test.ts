import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, saysStatus } from '../testing/answers.ts';
import { createBookHarness, deliver, results } from '../testing/harness.ts';

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
