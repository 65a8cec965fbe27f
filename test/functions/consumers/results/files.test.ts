import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, signals } from '../testing/answers.ts';

const book = useBook();

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const WORKBOOK = { body: Buffer.from('504b0304ff00fe80', 'hex'), contentType: XLSX };
const PDF = { body: Buffer.from('%PDF-1.7\n%\xff\xfe\x80', 'latin1'), contentType: 'application/pdf' };

const resultsOf = async (kind: string) =>
  (await book.reader.results('b')).filter((result) => result.kind === kind);

function expectSettings(results: Record<string, string>): void {
  book.redeploy({ settings: { RESULTS: JSON.stringify(results) } });
}

describe('the workbook of the analytics', () => {
  beforeEach(() => book.says('VERIFYING'));

  test('is not asked for unless the settings say so', async () => {
    await book.deliver('book.analytics_v2.generated');
    expect(book.ocrolus.count('lender-analytics-xlsx')).toBe(0);
  });

  test('is fetched by the event of version 2 analytics, and read as it came', async () => {
    expectSettings({ workbook: 'announced' });
    book.answers(calls.workbook('b'), WORKBOOK);
    expect(await book.deliver('book.analytics_v2.generated')).toEqual([]);
    expect(await resultsOf('workbook')).toMatchObject([
      { subject: 'b', operation: 'lender-analytics-xlsx', contentType: XLSX, bytes: 8, summary: {} },
    ]);
    expect(await book.reader.resultBody('b', 'workbook')).toEqual(WORKBOOK.body);
  });

  test('of many megabytes is streamed to S3, byte for byte, under a name that does not say JSON', async () => {
    expectSettings({ workbook: 'announced' });
    const body = Buffer.concat([WORKBOOK.body, randomBytes(6 * 1024 * 1024)]);
    book.answers(calls.workbook('b'), { ...WORKBOOK, body });
    await book.deliver('book.analytics_v2.generated');
    expect(await resultsOf('workbook')).toMatchObject([
      { contentType: XLSX, s3: { key: expect.stringMatching(/^results\/b\/streamed\/[\w-]{36}\.gz$/) } },
    ]);
    const stream = await book.reader.resultStream('b', 'workbook');
    expect(stream && (await buffer(stream)).equals(body)).toBe(true);
  });
});

describe('the original of a document', () => {
  const D = document('d', 'VERIFICATION_COMPLETE');

  const captured = async (policy: string) => {
    expectSettings({ original: policy });
    book.answers(calls.documentFile('d'), PDF);
    book.says('VERIFIED', [D, document('r', 'REJECTED')]);
    await book.deliver('BOOK_VERIFIED');
    return book.lookNext();
  };

  test.each(['always', 'announced'])('is fetched for each captured document (%s), once', async (policy) => {
    expect(await captured(policy)).toContain('document-download');
    expect(await resultsOf('original')).toMatchObject([
      { subject: 'd', operation: 'document-download', contentType: 'application/pdf' },
    ]);
    expect(await book.reader.resultBody('b', 'original', 'd')).toEqual(PDF.body);
    await book.lookFor(3);
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(book.ocrolus.count('document-download')).toBe(1);
  });

  test('is not asked for unless the settings say so', async () => {
    expect(await captured('never')).not.toContain('document-download');
  });

  test('is not fetched again when its document is captured again: an upload does not change', async () => {
    await captured('always');
    book.says('VERIFYING', [document('d', 'VERIFYING')]);
    await book.deliver('document.upload_succeeded');
    book.says('VERIFIED', [D]);
    await book.deliver('BOOK_VERIFIED');
    await book.lookFor(3);
    expect(book.ocrolus.count('document-download')).toBe(1);
    expect(book.ocrolus.count('doc-form-data')).toBeGreaterThan(1);
  });

  test('of a finished book changes nothing that is computed, and counts for no lost webhook', async () => {
    await captured('never');
    await book.lookFor(3);
    const before = book.ocrolus.count('Book-summary');
    expectSettings({ original: 'always' });
    book.poller.consumers.counted.length = 0;
    await book.lookNext();
    expect(await resultsOf('original')).toHaveLength(1);
    await book.lookFor(3);
    expect(book.ocrolus.count('Book-summary')).toBe(before);
    expect(book.poller.consumers.counted).not.toContainEqual(
      expect.objectContaining({ name: 'RecoveredByPoll' }),
    );
  });

  test('is asked for by the second uuid where Ocrolus refuses that of the upload', async () => {
    expectSettings({ original: 'always' });
    book.says('VERIFYING', [D]);
    book.answers(calls.documentFile('d'), { httpStatus: 400, body: { status: 400, code: 1501 } });
    book.answers(calls.documentFile('second'), PDF);
    book.answers(calls.documentForms('second'), { body: { response: { forms: [] } } });
    await book.deliver('DOC_VERIFIED', { docUuid: 'second', uploadedDocUuid: 'd' });
    await book.lookNext();
    expect(await resultsOf('original')).toMatchObject([{ subject: 'd' }]);
  });
});

describe('the images of Detect', () => {
  const GIF = (text: string) => ({ body: Buffer.from(`GIF89a${text}`), contentType: 'image/gif' });
  const images = ['image-1', 'image-2'];

  beforeEach(() => {
    expectSettings({ visualizations: 'announced' });
    book.says('VERIFYING', [document('d', 'VERIFICATION_COMPLETE')]);
    book.answers(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }, images));
    book.answers(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }, images));
    for (const image of images) book.answers(calls.visualization(image), GIF(image));
  });

  test.each([
    ['book.detect.signal_found', {}],
    ['document.detect.signal_found', { uploadedDocUuid: 'd' }],
  ] as const)('are fetched once after %s, and read with their list', async (name, ids) => {
    await book.deliver(name, ids);
    expect(await resultsOf('visualizations')).toMatchObject([
      { subject: 'b', operation: 'book-fraud-signals', summary: { images: 2 } },
      { subject: 'b@image-1', operation: 'signal-visualization', contentType: 'image/gif' },
      { subject: 'b@image-2', operation: 'signal-visualization', contentType: 'image/gif' },
    ]);
    expect(await book.reader.resultBody('b', 'visualizations')).toEqual(
      Buffer.from('{"images":["image-1","image-2"]}'),
    );
    expect(await book.reader.resultBody('b', 'visualizations', 'b@image-2')).toEqual(GIF('image-2').body);
    await book.deliver(name, ids);
    expect(book.ocrolus.count('signal-visualization')).toBe(2);
  });

  test('are not asked for unless the settings say so', async () => {
    expectSettings({});
    await book.deliver('book.detect.signal_found');
    expect(book.ocrolus.count('signal-visualization')).toBe(0);
  });

  test('in the place that an example of Ocrolus gives them are fetched too', async () => {
    const form_analysis = [
      { signals: [{ visualization_uuid: 'image-1' }, { visualization_uuid: null }, 7] },
      null,
    ];
    book.answers(calls.bookSignals('b'), {
      body: { book_uuid: 'b', doc_analysis: [{ uploaded_doc_uuid: 'd', form_analysis }] },
    });
    await book.deliver('book.detect.signal_found');
    expect(await resultsOf('visualizations')).toMatchObject([{ subject: 'b' }, { subject: 'b@image-1' }]);
  });

  test('that no longer exist hold up nothing but their list, for a day', async () => {
    book.answers(calls.visualization('image-1'), {
      httpStatus: 404,
      body: { message: 'Visualization uuid not found' },
    });
    await book.deliver('book.detect.signal_found', {}, { attempts: 3 });
    expect(await resultsOf('visualizations')).toMatchObject([{ subject: 'b@image-2' }]);
    await book.live(2);
    expect(await resultsOf('visualizations')).toMatchObject([{ subject: 'b' }, { subject: 'b@image-2' }]);
    const list = await book.reader.resultBody('b', 'visualizations');
    expect(JSON.parse(String(list))).toEqual({ images: ['image-2'] });
  });

  test('are stored if one answer says by mistake that they do not exist', async () => {
    const [found] = book.ocrolus.script(calls.visualization('image-1'));
    if (found === undefined) throw new Error('the image is scripted');
    book.answers(calls.visualization('image-1'), { httpStatus: 404, body: '<html>no route</html>' }, found);
    await book.deliver('book.detect.signal_found', {}, { attempts: 3 });
    await book.live(1);
    expect(await resultsOf('visualizations')).toHaveLength(3);
  });

  test('wait for a document that Detect never finishes as long as the signals do', async () => {
    expectSettings({ visualizations: 'always' });
    book.saysEverything('d');
    book.says('VERIFIED', [document('d'), document('r', 'REJECTED')]);
    book.answers(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', r: 'PENDING' }, images));
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    expect(await book.missing()).toEqual(['signals b', 'visualizations b']);
    await book.live(3);
    expect(await book.missing()).toEqual([]);
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('are listed only when all are stored, and those that are stored are kept', async () => {
    book.answers(calls.visualization('image-2'), { httpStatus: 503, body: {} });
    await book.deliver('book.detect.signal_found', {}, { attempts: 3 });
    expect(await resultsOf('visualizations')).toMatchObject([{ subject: 'b@image-1' }]);
    expect(await book.reader.resultBody('b', 'visualizations')).toBeUndefined();
    expect(await book.reader.missing('b')).toContainEqual(
      expect.objectContaining({ kind: 'visualizations', code: 'pages-left' }),
    );
    book.answers(calls.visualization('image-2'), GIF('image-2'));
    await book.liveHours(1);
    expect(await resultsOf('visualizations')).toHaveLength(3);
    expect(book.ocrolus.asked.filter(({ target }) => target.endsWith('image-1'))).toHaveLength(1);
  });
});
