import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { signals } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { useTables } from '../store/testing/table.ts';
import { saysEverything, saysStatus } from './testing/answers.ts';
import { deliver } from './testing/harness.ts';

const createTable = useTables();

test('reasons, names and account numbers are stored in the table, never logged', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus, consumers } = harness;
  saysEverything(ocrolus, 'b', ['d']);
  const rejection = 'DOCUMENT DUPLICATE OF John Q Public Chase 0042 March.pdf';
  saysStatus(ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'REJECTED', rejection_reason: rejection }]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNABLE_TO_PROCESS' }));
  const reason = 'Cannot read statement of Jane Roe, account 000123456789';
  const body = JSON.stringify({ notification_reason: reason });
  await receive(consumers, [
    delivery(
      'document.detect.unable_to_process',
      { bookUuid: 'b', uploadedDocUuid: 'd' },
      { payload: { encoding: 'utf8', body } },
    ),
  ]);
  const [document] = await harness.reader.documents('b');
  expect(document).toMatchObject({ rejectionReason: rejection, detect: { reason } });
  expect(consumers.lines.length).toBeGreaterThan(1);
  for (const line of consumers.lines) expect(line).not.toMatch(/public|roe|0042|123456789/i);
});
