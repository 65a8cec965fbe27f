import { expect, test } from 'vitest';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { saysStatus } from '../testing/answers.ts';
import { createBookHarness } from '../testing/harness.ts';

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
