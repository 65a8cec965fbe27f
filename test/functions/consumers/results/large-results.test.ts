import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryBodies } from '../../../shared/store/testing/bodies.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

let table: Table;
let harness: Harness;
beforeEach(async () => {
  table = await memoryTable();
  harness = createHarness(table);
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), {
    body: { status: 200, response: { uuid: 'b', book_status: 'VERIFIED', docs: [] } },
  });
});

/** Half of it is left by gzip: 12 MB are two parts of an upload. */
const text = (megabytes: number) => randomBytes(megabytes * 512 * 1024).toString('hex');

const income = delivery('book.income.generated', { bookUuid: 'b' });
const business = delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'm' });
const stored = async () =>
  (await harness.reader.results('b')).filter(({ subject }) => subject !== 'b@summary');

function saysIncome(body: unknown): string {
  harness.ocrolus.says(calls.incomeSummary('b', undefined), { body: { income_summary_data: [] } });
  harness.ocrolus.says(calls.incomeCalculations('b', undefined), { body });
  return JSON.stringify(body);
}

it('of several parts is stored byte for byte, with its summary, and read as a stream', async () => {
  const body = saysIncome({ incomes: [{ a: text(6) }, { b: text(6) }, {}], borrowers: [{}] });
  expect(await receive(harness, [income])).toEqual([]);
  const [result] = await stored();
  expect(result).toMatchObject({
    kind: 'income',
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    summary: { incomes: 3, borrowers: 1 },
    s3: { key: expect.stringMatching(/^results\/b\/streamed\/[\w-]{36}\.json\.gz$/) },
  });
  const stream = await harness.reader.resultStream('b', 'income');
  expect(stream && String(await buffer(stream)) === body).toBe(true);
  expect(harness.bodies.uploads.size).toBe(0);
});

it('that is stored already is not stored again', async () => {
  saysIncome({ incomes: [{ a: text(12) }] });
  await receive(harness, [income]);
  const [first] = await stored();
  harness.clock.advance(60);
  const later = { receivedAt: harness.clock.iso() };
  harness.clock.advance(1);
  await receive(harness, [delivery('book.income.generated', { bookUuid: 'b' }, later)]);
  const [second] = await stored();
  expect(harness.ocrolus.count('income-calculations')).toBe(2);
  expect(second).toMatchObject({ s3: first?.s3, sha256: first?.sha256 });
  expect(second?.fetchedAt).not.toBe(first?.fetchedAt);
  expect(harness.bodies.objects.size).toBe(1);
  expect(harness.bodies.uploads.size).toBe(0);
});

it('that is stored already, and expires by age, is stored again: its item points to the younger object', async () => {
  const { dependencies } = harness;
  const expiring = {
    dependencies: { ...dependencies, settings: { ...dependencies.settings, RESULT_DAYS: 90 } },
  };
  const body = saysIncome({ incomes: [{ a: text(12) }] });
  await receive(expiring, [income]);
  const [first] = await stored();
  harness.clock.advance(60);
  const later = { receivedAt: harness.clock.iso() };
  harness.clock.advance(1);
  await receive(expiring, [delivery('book.income.generated', { bookUuid: 'b' }, later)]);
  const [second] = await stored();
  expect(second?.s3?.key).not.toBe(first?.s3?.key);
  expect(second).toMatchObject({ sha256: first?.sha256, generation: first?.generation });
  const stream = await harness.reader.resultStream('b', 'income');
  expect(stream && String(await buffer(stream)) === body).toBe(true);
});

it('of ten deliveries of a batch is uploaded once', async () => {
  saysIncome({ incomes: [{ a: text(12) }] });
  expect(await receive(harness, Array(10).fill(income))).toEqual([]);
  expect(harness.ocrolus.count('income-calculations')).toBe(1);
  expect(harness.bodies.objects.size).toBe(1);
});

it('that is not final is stored and asked for again', async () => {
  const body = { middesk_response: { status: 'pending', more: text(1) } };
  harness.ocrolus.says(calls.business('b', 'm'), { body });
  await receive(harness, [business], { attempts: 3 });
  expect(await stored()).toMatchObject([{ kind: 'business', summary: { status: 'pending' } }]);
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'business', code: 'middesk-pending' }]);
});

describe('an upload that fails', () => {
  it.each(['part', 'complete'] as const)(
    'in %s: the message is retried, and no item or upload is left',
    async (step) => {
      const real = memoryBodies();
      const bodies = {
        ...real,
        startUpload: async (key: string, signal: AbortSignal) => {
          const upload = await real.startUpload(key, signal);
          return { ...upload, [step]: () => Promise.reject(new Error('S3 refuses')) };
        },
      };
      const { ocrolus } = harness;
      harness = createHarness(table, { bodies, ocrolus });
      saysIncome({ incomes: [{ a: text(12) }] });
      expect(await receive(harness, [income])).toEqual(['message-0']);
      expect(await stored()).toEqual([]);
      expect(real.objects.size).toBe(0);
      expect(real.uploads.size).toBe(0);
      expect(harness.counted).toContainEqual({ name: 'MessageRetried', dimensions: { class: 'retry' } });
    },
  );
});

it('of Detect closes what it is about, however many forms it has; only its summary is empty', async () => {
  const docs = ['d', 'e'].map((uuid) => ({ uuid, status: 'VERIFYING' }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  const analysisOf = (uploaded_doc_uuid: string) => ({
    form_analysis: Array(20_000).fill({ signals: [{}], form_authenticity: { score: 50 } }),
    uploaded_doc_uuid,
    detect_status: 'UNABLE_TO_PROCESS',
  });
  const body = { doc_analysis: ['d', 'e'].map(analysisOf), book_uuid: 'b' };
  harness.ocrolus.says(calls.bookSignals('b'), { body });
  await receive(harness, [delivery('book.detect.signal_found', { bookUuid: 'b' })], { attempts: 3 });
  expect(await stored()).toMatchObject([{ kind: 'signals', subject: 'b', summary: {} }]);
  expect((await stored())[0]?.summary).toEqual({});
  expect(await harness.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'UNABLE_TO_PROCESS' } },
    { docUuid: 'e', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
  const missing = (await harness.reader.missing('b')).filter(({ kind }) => kind === 'signals');
  expect(missing).toEqual([]);
});

it('that no entry needs is discarded when the batch ends', async () => {
  // Detect is still processing the document that the event names.
  const analysis = {
    uploaded_doc_uuid: 'd',
    detect_status: 'PROCESSING',
    form_analysis: [{ text: text(12) }],
  };
  const docs = [{ uuid: 'd', status: 'VERIFYING' }];
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  harness.ocrolus.says(calls.documentSignals('d'), { body: { book_uuid: 'b', doc_analysis: [analysis] } });
  await receive(harness, [
    delivery('document.detect.signal_found', { bookUuid: 'b', docUuid: 'd', uploadedDocUuid: 'd' }),
  ]);
  expect(harness.ocrolus.count('doc-fraud-signals')).toBe(1);
  expect(await stored()).toEqual([]);
  expect(harness.bodies.objects.size).toBe(0);
  expect(harness.bodies.uploads.size).toBe(0);
});
