import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { signals } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { useTables } from '../store/testing/table.ts';
import { saysEverything, saysStatus } from './testing/answers.ts';
import { createBookHarness, deliver } from './testing/harness.ts';

const createTable = useTables();

test('a delivery that is being retried is in the ledger, with the code of each attempt', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(
    calls.bookStatus({ bookUuid: 'b' }),
    new Failure('retry', 'network'),
    new Failure('retry', 'http-503'),
    ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })),
  );
  const payload = { encoding: 'utf8', body: '{"event_name":"BOOK_VERIFIED"}' } as const;
  const event = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { payload });
  await receive(harness.consumers, [event], { attempts: 1 });
  await receive(harness.consumers, [event], { attempts: 2 });
  expect(await harness.reader.events('b')).toMatchObject([
    {
      deliveryId: event.deliveryId,
      outcome: 'retrying',
      codes: ['network', 'http-503'],
      payload: payload.body,
    },
  ]);
  await receive(harness.consumers, [event], { attempts: 3 });
  expect(await harness.reader.events('b')).toMatchObject([
    { deliveryId: event.deliveryId, outcome: 'applied', codes: ['network', 'http-503'] },
  ]);
});

test('a rate limit never uses up the receives of a message', async () => {
  const harness = createPollerHarness(await memoryTable());
  for (const code of ['http-429', 'rate-limit']) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', code));
    const failed = await deliver(harness, 'BOOK_VERIFIED', {}, { attempts: 10 });
    expect(failed).toEqual([]);
  }
  expect(harness.consumers.requeued).toHaveLength(2);
});

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
