import { beforeEach, describe, expect, test } from 'vitest';
import { RESULT_KINDS, type ResultsPolicy } from '../../../shared/checklist/kinds.ts';
import type { ResultKind } from '../../../shared/events/result-kinds.ts';
import { listBooks } from '../../../shared/ocrolus/book-list.ts';
import { readBookInfo } from '../../../shared/ocrolus/book-status.ts';
import { type Call, calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { documentedOperations, hasVendorDocuments } from '../../local/ocrolus/vendor/documents.ts';
import { makeBook } from '../../poller/testing/books.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { bookStatus, finished } from '../testing/answers.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import { entryOf } from '../testing/stored.ts';

const NOTHING: Partial<ResultsPolicy> = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, 'never']));

const operations = hasVendorDocuments ? documentedOperations() : new Map();

/** The vendor's example answers of an operation, with their HTTP statuses. */
function examplesOf(operation: string): { readonly httpStatus: number; readonly body: unknown }[] {
  const answers = operations.get(operation)?.answers ?? new Map();
  return [...answers].flatMap(([httpStatus, { examples }]) =>
    examples.map((body: unknown) => ({ httpStatus, body })),
  );
}

/** Kinds of a book as a whole, with the calls that they take and what is known of the example without its body. */
const OF_BOOK: readonly [kind: ResultKind, calls: readonly Call[], summary: object][] = [
  ['paystubs', [calls.bookPayStubs('b')], { payStubs: 2 }],
  ['summary', [calls.bookSummary('b')], { documents: 7, bankAccounts: 2 }],
  ['cash-flow', [calls.cashFlowFeatures('b')], { months: 1 }],
  ['enriched-transactions', [calls.enrichedTransactions('b')], { transactions: 2 }],
  ['risk-score', [calls.riskScore('b')], { features: 11 }],
  ['bank-statement-income', [calls.bankStatementIncome('b')], { bankAccounts: 1 }],
  [
    'income',
    [calls.incomeCalculations('b', 'FREDDIE_MAC'), calls.incomeSummary('b', 'FREDDIE_MAC')],
    { borrowers: 1, incomes: 55 },
  ],
  ['suspicious-activity', [calls.suspiciousActivityFlags('b')], { flags: 5, detected: 0 }],
  ['analytics', [calls.analytics({ bookUuid: 'b' })], { bankAccounts: 2 }],
];

/** The entry after an answer, by HTTP status and code (docs/ocrolus.md#error-codes), or by the status alone. */
const OUTCOMES: Readonly<Record<string, object>> = {
  '400/1103': { answered: 0, code: '1103' },
  '400/1200 risk-score': { answered: 0, code: '1200' },
  '400/1200': { answered: 0, code: 'auth' },
  '400/1401': { answered: 0, code: '1401' },
  '400/2102': { answered: 0, code: '2102' },
  '400/9002': { state: 'unavailable', code: '9002' },
  '400/9003': { state: 'unavailable', code: '9003' },
  '403/2102': { answered: 0, code: '2102' },
  '404/1401': { answered: 0, code: '1401' },
  '404/9006': { state: 'unavailable', code: '9006' },
  '425/9004': { answered: 0, code: '9004' },
  // The fault of a path or of the query, and a book that is not found, of income: without a code.
  '400': { answered: 0, code: 'http-400' },
  '404': { answered: 0, code: 'http-404' },
  '202': { answered: 0, job: { id: expect.any(String) } },
};

const codeOf = (body: unknown) =>
  typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;

describe.skipIf(!hasVendorDocuments)("the vendor's examples", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = createHarness(await memoryTable());
    Object.assign(harness.dependencies.settings, { INCOME_GUIDELINE: 'FREDDIE_MAC' });
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFIED', [finished('d')]));
  });

  /** Looks at a book from which only one kind of result is wanted. @returns the messages that come again. */
  const ask = async (kind: ResultKind) => {
    Object.assign(harness.dependencies.policy, NOTHING, { [kind]: 'always' });
    await makeBook(harness.table, 'b');
    return receive(harness, [look('b', { urgent: true })]);
  };
  const entry = (kind: ResultKind) => entryOf(harness.table, 'b', kind);

  test.each(OF_BOOK)('of %s is stored, with a summary', async (kind, own, summary) => {
    for (const call of own) {
      const success = examplesOf(call.operation).find(({ httpStatus }) => httpStatus === 200);
      if (success === undefined) throw new Error(`no example of ${call.operation}`);
      harness.ocrolus.says(call, success);
    }
    expect(await ask(kind)).toEqual([]);
    expect(await entry(kind)).toMatchObject({ state: 'stored' });
    const stored = (await harness.reader.results('b')).find((result) => result.kind === kind);
    expect(stored).toMatchObject({ operation: own[0]?.operation, subject: 'b' });
    expect(stored?.summary).toEqual(summary);
  });

  const refusals = OF_BOOK.flatMap(([kind, own]) =>
    examplesOf(own[0]?.operation ?? '')
      .filter(({ httpStatus }) => httpStatus !== 200)
      .map((example) => ({ kind, own, example, status: example.httpStatus, code: codeOf(example.body) })),
  );

  test.each(refusals)(
    'of $kind, $status with code $code, is of the class that it says',
    async ({ kind, status, code, own, example }) => {
      for (const call of own) harness.ocrolus.says(call, example);
      // Results that are too large for one answer are asked for as jobs.
      const jobs = {
        'Book-summary': calls.bookSummary,
        'cash-flow-features': calls.cashFlowFeatures,
      } as const;
      const asJob =
        kind === 'enriched-transactions'
          ? calls.enrichedTransactions('b', true)
          : jobs[own[0]?.operation as keyof typeof jobs]?.('b', true);
      const started = examplesOf('Book-summary').find(({ httpStatus }) => httpStatus === 202);
      if (asJob !== undefined && started !== undefined) harness.ocrolus.says(asJob, started);

      const again = await ask(kind);
      expect(again).toEqual([]);
      if (status >= 500) {
        expect(await entry(kind)).toMatchObject({ answered: 0, tries: 1 });
        return;
      }
      const key = code === undefined ? `${status}` : `${status}/${code}`;
      const isTooMuch = code === 1100;
      const expected = isTooMuch
        ? asJob === undefined
          ? { answered: 0, code: '1100' }
          : OUTCOMES['202']
        : (OUTCOMES[`${key} ${kind}`] ?? OUTCOMES[key]);
      expect(expected, `an outcome for ${key}`).toBeDefined();
      expect(await entry(kind)).toMatchObject(expected ?? {});
      expect(await harness.reader.results('b')).toEqual([]);
    },
  );

  describe('of a job', () => {
    const ofStatus = (operation: string, status: number) => {
      const found = examplesOf(operation).find(({ httpStatus }) => httpStatus === status);
      if (found === undefined) throw new Error(`no example of ${operation} ${status}`);
      return found;
    };
    const started = () => ofStatus('Book-summary', 202);
    const jobId = () => String(Reflect.get(Object(started().body), 'job_id'));
    /** An hour later the job is asked for again. */
    const later = () => {
      harness.clock.advance(3600);
      return ask('summary');
    };
    beforeEach(async () => {
      harness.ocrolus.says(calls.bookSummary('b'), ofStatus('Book-summary', 422));
      harness.ocrolus.says(calls.bookSummary('b', true), started());
      await ask('summary');
    });

    test('that runs is waited for, and that is done gives the result of its URL', async () => {
      const done = ofStatus('async-job-status', 200);
      harness.ocrolus.says(calls.analyticsJob(jobId()), ofStatus('async-job-status', 202), done);
      harness.ocrolus.says(
        String(Reflect.get(Object(done.body), 'result_url')),
        ofStatus('Book-summary', 200),
      );
      await later();
      expect(await entry('summary')).toMatchObject({ answered: 0, code: 'job-pending' });
      await later();
      expect(await entry('summary')).toMatchObject({ state: 'stored' });
    });

    test('that is unknown is started again', async () => {
      harness.ocrolus.says(calls.analyticsJob(jobId()), ofStatus('async-job-status', 404));
      await later();
      expect(await entry('summary')).toMatchObject({ answered: 0, code: 'job-started' });
    });

    test('that failed is started again later', async () => {
      harness.ocrolus.says(calls.analyticsJob(jobId()), ofStatus('async-job-status', 422));
      await later();
      expect(await entry('summary')).toMatchObject({ answered: 0, code: 'job-failed', job: { failures: 1 } });
    });
  });

  test('of an asynchronous version 1 result is stored with a summary', async () => {
    const [example] = examplesOf('async-analytics-result').filter(({ httpStatus }) => httpStatus === 200);
    if (example === undefined) throw new Error('no example');
    harness.ocrolus.says(calls.asyncAnalyticsResult('request-1'), example);
    const ids = { bookUuid: 'b', analyticsRequestId: 'request-1' };
    await receive(harness, [delivery('ANALYTICS_COMPLETED', ids, { receivedAt: harness.clock.iso() })]);
    expect(await harness.reader.results('b')).toMatchObject([
      { kind: 'analytics', subject: 'request-1', summary: { bankAccounts: 2 } },
    ]);
  });

  test("give the lender's key and the type of a book, from the list and from the book's info", async () => {
    const [list] = examplesOf('book-list');
    const [info] = examplesOf('book-info');
    const answer = { operation: 'book-list', json: list?.body, httpStatus: 200, askedAt: '' };
    const get = async () => ({ ...answer, body: Buffer.from(JSON.stringify(list?.body)) });
    const { books } = await listBooks({ ...harness.ocrolus.client, get }, 100, 0, 0);
    // Neither example has a key of the lender.
    expect(books).toHaveLength(2);
    for (const book of books) expect(book).toMatchObject({ bookType: 'DEFAULT', xid: undefined });
    expect(readBookInfo({ json: info?.body })).toEqual({ bookType: 'DEFAULT' });
  });

  test.each(examplesOf('book-info').filter(({ httpStatus }) => httpStatus >= 400))(
    'of a refused book info (%j) says nothing of the book',
    ({ body }) => {
      expect(readBookInfo({ json: body })).toEqual({});
    },
  );
});
