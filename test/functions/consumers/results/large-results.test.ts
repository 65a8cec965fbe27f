import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';
import { receive } from '../testing/harness.ts';

const book = useBook();

beforeEach(() => book.says('VERIFIED'));

/** Half of it is left by gzip: 12 MB are two parts of an upload. */
const text = (megabytes: number) => randomBytes(megabytes * 512 * 1024).toString('hex');

const stored = async () => (await book.reader.results('b')).filter(({ subject }) => subject !== 'b@summary');
const objects = () => book.consumers.bodies.objects.size;
const expectNoUpload = () => expect(book.consumers.bodies.uploads.size).toBe(0);

function saysIncome(body: unknown): string {
  book.answers(calls.incomeSummary('b'), { body: { income_summary_data: [] } });
  book.answers(calls.incomeCalculations('b'), { body });
  return JSON.stringify(body);
}

async function expectRead(body: string): Promise<void> {
  const stream = await book.reader.resultStream('b', 'income');
  expect(stream && String(await buffer(stream)) === body).toBe(true);
}

test('a result of several parts is stored byte for byte, with its summary, and read as a stream', async () => {
  const body = saysIncome({ incomes: [{ a: text(6) }, { b: text(6) }, {}], borrowers: [{}] });
  expect(await book.deliver('book.income.generated')).toEqual([]);
  expect(await stored()).toMatchObject([
    {
      kind: 'income',
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
      summary: { incomes: 3, borrowers: 1 },
      s3: { key: expect.stringMatching(/^results\/b\/streamed\/[\w-]{36}\.json\.gz$/) },
    },
  ]);
  await expectRead(body);
  expectNoUpload();
});

test.each([
  ['is not stored again', undefined],
  ['and expires by age, is stored again: its item points to the younger object', 90],
])('a large result that is stored already %s', async (_, days) => {
  const { dependencies } = book.consumers;
  const settings = { ...dependencies.settings, ...(days !== undefined && { RESULT_DAYS: days }) };
  const consumer = { dependencies: { ...dependencies, settings } };
  const body = saysIncome({ incomes: [{ a: text(12) }] });
  await receive(consumer, [book.event('book.income.generated')]);
  const [first] = await stored();
  book.clock.advance(60);
  const later = book.event('book.income.generated');
  book.clock.advance(1);
  await receive(consumer, [later]);
  const [second] = await stored();
  expect(book.ocrolus.count('income-calculations')).toBe(2);
  expect(second?.s3?.key === first?.s3?.key).toBe(days === undefined);
  expect(second).toMatchObject({ sha256: first?.sha256, generation: first?.generation });
  expect(second?.fetchedAt).not.toBe(first?.fetchedAt);
  if (days === undefined) expect(objects()).toBe(1);
  await expectRead(body);
  expectNoUpload();
});

test('a large result that is not final is stored and asked for again', async () => {
  const body = { middesk_response: { status: 'pending', more: text(1) } };
  book.answers(calls.business('b', 'm'), { body });
  await book.deliver('MIDDESK_VERIFIED', { businessUuid: 'm' }, { attempts: 3 });
  expect(await stored()).toMatchObject([{ kind: 'business', summary: { status: 'pending' } }]);
  expect(await book.reader.missing('b')).toContainEqual(expect.objectContaining({ code: 'middesk-pending' }));
});

describe('large signals', () => {
  const analysisOf = (uploaded_doc_uuid: string, detect_status: string, form_analysis: unknown[]) => ({
    form_analysis,
    uploaded_doc_uuid,
    detect_status,
  });
  beforeEach(() => book.says('VERIFYING', [document('d', 'VERIFYING'), document('e', 'VERIFYING')]));

  test('close what they are about, however many forms it has; only their summary is empty', async () => {
    await book.deliver('document.upload_succeeded');
    const forms = Array(20_000).fill({ signals: [{}], form_authenticity: { score: 50 } });
    const doc_analysis = ['d', 'e'].map((uuid) => analysisOf(uuid, 'UNABLE_TO_PROCESS', forms));
    book.answers(calls.bookSignals('b'), { body: { doc_analysis, book_uuid: 'b' } });
    await book.deliver('book.detect.signal_found', {}, { attempts: 3 });
    expect(await stored()).toMatchObject([{ kind: 'signals', subject: 'b' }]);
    expect((await stored())[0]?.summary).toEqual({});
    const states = (await book.reader.documents('b')).map(({ detect }) => detect?.state);
    expect(states).toEqual(['UNABLE_TO_PROCESS', 'UNABLE_TO_PROCESS']);
    expect(await book.missing()).toEqual([]);
  });

  test('that no entry needs are discarded when the batch ends', async () => {
    // Detect is still processing the document that the event names.
    const doc_analysis = [analysisOf('d', 'PROCESSING', [{ text: text(12) }])];
    book.answers(calls.documentSignals('d'), { body: { book_uuid: 'b', doc_analysis } });
    await book.deliver('document.detect.signal_found', { docUuid: 'd', uploadedDocUuid: 'd' });
    expect(book.ocrolus.count('doc-fraud-signals')).toBe(1);
    expect(await stored()).toEqual([]);
    expect(objects()).toBe(0);
    expectNoUpload();
  });
});
