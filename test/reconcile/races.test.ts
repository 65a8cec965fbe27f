import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import { error, saysCaptured, signals } from '../consumers/testing/answers.ts';
import { createHarness, delivery, receive } from '../consumers/testing/harness.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { useTables } from '../store/testing/table.ts';
import { saysAnalytics, saysBook, saysEverything, saysStatus } from './testing/answers.ts';

const createTable = useTables();

/** Not ready yet. */
const TOO_EARLY = error(425, 9004);

test('point 3: what a consumer schedules while the poller polls the same book survives', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus, consumers } = harness;
  saysEverything(ocrolus);
  await receive(consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
  ocrolus.says(calls.incomeSummary('b'), TOO_EARLY);
  harness.clock.advance(700);
  let isMeanwhile = false;
  ocrolus.before = async (target) => {
    if (isMeanwhile || !target.startsWith('/v1/book/status')) return;
    isMeanwhile = true;
    const event = delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
    await receive(consumers, [event], { attempts: 3 });
  };
  await harness.pollDue();
  expect(isMeanwhile).toBe(true);
  const income = (await harness.reader.missing('b')).find(({ kind }) => kind === 'income');
  expect(income).toMatchObject({ state: 'pending', code: '9004' });
  // As soon as the messages that the poller has just sent have had their time.
  const dueAt = Date.parse((await readBook(harness.table, 'b'))?.dueAt ?? '');
  expect(dueAt - harness.clock.now()).toBeLessThanOrEqual(600_000);
});

test('point 3: two consumers open different results of one book', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  for (const call of [
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.suspiciousActivityFlags('b'),
  ]) {
    ocrolus.says(call, TOO_EARLY);
  }
  const other = createHarness(harness.table, { clock: harness.clock, ocrolus });
  await Promise.all([
    receive(harness.consumers, [delivery('book.income.generated', { bookUuid: 'b' })], { attempts: 3 }),
    receive(other, [delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' })], { attempts: 3 }),
  ]);
  const kinds = (await harness.reader.missing('b')).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['income', 'suspicious-activity']));
});

test('point 3: a crash between any two writes loses nothing', async () => {
  for (let crashAt = 1; crashAt <= 12; crashAt += 1) {
    const table = await memoryTable();
    let writes = 0;
    const isOver = () => {
      writes += 1;
      if (writes > crashAt) throw new Error('killed');
    };
    const dying: typeof table = {
      ...table,
      put: async (...args) => {
        isOver();
        return table.put(...args);
      },
      update: async (...args) => {
        isOver();
        return table.update(...args);
      },
      delete: async (...args) => {
        isOver();
        return table.delete(...args);
      },
    };
    const harness = createPollerHarness(table);
    saysEverything(harness.ocrolus);
    const event = delivery('book.income.generated', { bookUuid: 'b' });
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    const killed = createHarness(dying, { clock: harness.clock, ocrolus: harness.ocrolus });
    await receive(killed, [event]).catch(() => {});
    // The message is received again, and the Lambda dies again, at any place.
    writes = 0;
    await receive(killed, [event], { attempts: 2 }).catch(() => {});
    // The message is dead: whatever the second receive wrote down must be enough, where it wrote anything.
    const isKnown = (await readBook(table, 'b')) !== undefined;
    if (!isKnown) continue;
    await harness.live(2);
    const kinds = (await harness.reader.results('b')).map(({ kind }) => kind);
    expect(kinds, `killed at write ${crashAt}`).toContain('income');
    expect((await harness.reader.book('b'))?.complete).toBe(true);
  }
});

test('point 3: a stale row of the index does not undo what has been scheduled since', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  harness.clock.advance(700);
  const [row] = await harness.due();
  if (row === undefined) throw new Error('nothing is due');
  await harness.pollRow(row);
  const before = await readBook(harness.table, 'b');
  expect(await harness.pollRow(row)).toEqual({ outcome: 'skipped' });
  expect(await readBook(harness.table, 'b')).toEqual(before);
});

test('point 3: a message of the poller that is lost is sent again', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
  await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.clock.advance(700);
  await harness.run();
  expect(harness.sent.length).toBeGreaterThan(0);
  harness.sent.length = 0;
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 3: entries of a book that was known by its pk only move to its uuid', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus } = harness;
  ocrolus.says(calls.bookStatus({ bookPk: '7' }), error(400, 1401));
  await receive(harness.consumers, [delivery('book.income.generated', { bookPk: '7' })], { attempts: 3 });
  expect((await harness.reader.missing('pk-7')).map(({ kind }) => kind)).toEqual(['income']);
  saysEverything(ocrolus);
  ocrolus.says(calls.bookStatus({ bookPk: '7' }), ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(1);
  expect(await harness.reader.book('pk-7')).toBeUndefined();
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  const events = (await harness.reader.events('b')).filter(({ source }) => source === 'webhook');
  expect(events.map(({ eventName }) => eventName)).toEqual(['book.income.generated']);
});

test('point 3: documents that are known only by their pk are captured', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
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

test('point 5: a document that changes its final status is fetched again, and the others are not', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  const docs = (first: string) => [
    { uuid: 'd1', status: first },
    { uuid: 'd2', status: 'VERIFICATION_COMPLETE' },
  ];
  saysStatus(ocrolus, 'b', 'VERIFIED', docs('COMPLETED'));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: docs('VERIFICATION_COMPLETE'), name: 'renamed' });
  const forms = { body: { status: 200, response: { forms: [{ form_type: 'W2' }] } } };
  ocrolus.says(calls.documentForms('d1'), forms);
  const asked = ocrolus.asked.length;
  await harness.live(2);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd1'))).toBe(JSON.stringify(forms.body));
  expect(ocrolus.asked.slice(asked).filter(({ target }) => target.includes('d2'))).toEqual([]);
  const book = await harness.reader.book('b');
  expect(book).toMatchObject({
    complete: true,
    generation: 2,
    name: 'renamed',
    documents: { VERIFICATION_COMPLETE: 2 },
  });
});

test('point 5: a document that Book status does not list any more does not look current', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus, 'b', ['d1', 'd2']);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [{ uuid: 'd1', status: 'VERIFICATION_COMPLETE' }]);
  await harness.live(2);
  const statuses = (await harness.reader.documents('b')).map(({ docUuid, status }) => [docUuid, status]);
  expect(statuses).toEqual([
    ['d1', 'VERIFICATION_COMPLETE'],
    ['d2', 'UNLISTED'],
  ]);
  expect(await harness.reader.book('b')).toMatchObject({
    complete: true,
    documents: { VERIFICATION_COMPLETE: 1 },
  });
  // It is listed again: it is fetched again.
  saysEverything(harness.ocrolus, 'b', ['d1', 'd2']);
  const asked = harness.ocrolus.count('doc-form-data');
  await harness.live(2);
  expect(harness.ocrolus.count('doc-form-data')).toBe(asked + 1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 5: an added document does not refetch the others, but the analytics', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d1']);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  saysAnalytics(ocrolus, 'b', 2);
  const asked = ocrolus.asked.length;
  await harness.live(2);
  const targets = ocrolus.asked.slice(asked).map(({ target }) => target);
  expect(targets.filter((target) => target.includes('d1'))).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'summary'))).toBe('{"number_of_docs_processed":2}');
  expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: true });
});

test('point 6: a Detect event with the doc_uuid of a part finds its upload', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['up']);
  ocrolus.says(calls.documentSignals('part'), error(404, 1501));
  ocrolus.says(calls.partSignals('part'), signals('b', { up: 'COMPLETED' }));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await receive(harness.consumers, [
    delivery('document.detect.signal_found', { bookUuid: 'b', docUuid: 'part' }),
  ]);
  const documents = await harness.reader.documents('b');
  expect(documents.map(({ docUuid, status, detect }) => [docUuid, status, detect?.state])).toEqual([
    ['up', 'VERIFICATION_COMPLETE', 'COMPLETED'],
  ]);
  expect((await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
    'signals up',
  );
});

test('point 6: a document that is PENDING does not withhold the signals of others, and is not COMPLETED', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED', d2: 'PENDING' }));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  const detect = async () => (await harness.reader.documents('b')).map((document) => document.detect?.state);
  expect(await detect()).toEqual(['COMPLETED', undefined]);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('signals');
  expect(await harness.reader.book('b')).toMatchObject({ complete: false, open: ['signals'] });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED', d2: 'COMPLETED' }));
  await harness.live(1);
  expect(await detect()).toEqual(['COMPLETED', 'COMPLETED']);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 6: a document that Detect does not analyze is unavailable after two days', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus, 'b', ['d1', 'd2']);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED' }));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(false);
  await harness.live(3);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 6: a Detect event that names no book is kept until its signals name the book', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d']);
  ocrolus.says(calls.documentSignals('d'), { httpStatus: 404, body: { message: 'no' } });
  ocrolus.says(calls.partSignals('d'), { httpStatus: 404, body: { message: 'no' } });
  await receive(harness.consumers, [delivery('document.detect.signal_found', { docUuid: 'd' })], {
    attempts: 3,
  });
  ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await harness.live(1);
  expect((await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
    'signals d',
  );
  const left: unknown[] = [];
  for await (const item of harness.table.query({ bookId: 'account', prefix: 'OPEN#' })) left.push(item);
  expect(left).toEqual([]);
});

test('point 10: an account never writes the book of another one, which is found through its own', async () => {
  const { scriptedOcrolus } = await import('../consumers/testing/ocrolus.ts');
  const { createClock } = await import('../store/testing/clock.ts');
  const clock = createClock();
  const own = scriptedOcrolus(clock, ['a', 'b']);
  const foreign = scriptedOcrolus(clock, ['a', 'b']);
  const accounts = {
    names: ['a', 'b'],
    client: (account: string) => (account === 'b' ? own.client : foreign.client),
  };
  const harness = createPollerHarness(await memoryTable(), {}, { clock, ocrolus: own, accounts });
  foreign.says(calls.bookStatus({ bookUuid: 'bb' }), error(403, 2102));
  const wrong = delivery('book.analytics_v2.generated', { bookUuid: 'bb' }, { account: 'a' });
  await receive(harness.consumers, [wrong]);
  expect((await harness.reader.book('bb'))?.status).toBeUndefined();
  saysEverything(own, 'bb');
  await harness.live(2);
  expect(await harness.reader.book('bb')).toMatchObject({ account: 'b', status: 'VERIFIED', complete: true });
  // An event of the wrong account about a known book is a hint, answered through the book's own account.
  saysAnalytics(own, 'bb', 2);
  const again = delivery(
    'book.analytics_v2.generated',
    { bookUuid: 'bb' },
    { account: 'a', receivedAt: clock.iso() },
  );
  await receive(harness.consumers, [again]);
  expect(await harness.reader.book('bb')).toMatchObject({ account: 'b', complete: true });
  expect(String(await harness.reader.resultBody('bb', 'summary'))).toBe('{"number_of_docs_processed":2}');
});

test('point 9: a book that does not move is counted once and then polled monthly', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
  await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  await harness.live(31);
  expect(harness.counted.get('BooksStuck')).toBe(1);
  const asked = ocrolus.count('book-status');
  await harness.live(60);
  expect(ocrolus.count('book-status') - asked).toBeLessThanOrEqual(3);
  expect(harness.counted.get('BooksStuck')).toBe(1);
}, 120_000);

test('point 9: a classify-only book settles when it is classified', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d']);
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [{ uuid: 'd', status: 'PROCESSING' }], ...more });
  await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [{ uuid: 'd', status: 'CLASSIFIED' }], ...more });
  ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  await harness.live(1);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toEqual(['classification']);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 7: Middesk `pending` is not final', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  ocrolus.says(calls.business('b', 'm'), { body: { middesk_response: { status: 'pending' } } });
  const event = delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'm' });
  await receive(harness.consumers, [event], { attempts: 3 });
  expect(await harness.reader.missing('b')).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'business', subject: 'm', state: 'pending' })]),
  );
  ocrolus.says(calls.business('b', 'm'), { body: { middesk_response: { status: 'verified' } } });
  await harness.live(1);
  expect(String(await harness.reader.resultBody('b', 'business', 'm'))).toContain('verified');
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 7: 9001 goes asynchronous after one retry', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  ocrolus.says(calls.bookSummary('b'), error(400, 9001));
  ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j', status: 'PENDING' } });
  await receive(harness.consumers, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })], {
    attempts: 3,
  });
  const asked = ocrolus.asked.filter(({ operation }) => operation === 'Book-summary');
  expect(asked.map(({ target }) => target)).toEqual([
    '/v2/book/b/summary',
    '/v2/book/b/summary',
    '/v2/book/b/summary?async=true',
  ]);
});

test('point 7: a finished job is remembered while another runs, and one from before a reopening is dropped', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  const job = (id: string) => ({ httpStatus: 202, body: { job_id: id, status: 'PENDING' } });
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  ocrolus.says(calls.bookSummary('b', true), job('summary-1'));
  ocrolus.says(calls.cashFlowFeatures('b'), error(422, 1100));
  ocrolus.says(calls.cashFlowFeatures('b', true), job('cash-1'));
  ocrolus.says(calls.analyticsJob('summary-1'), {
    body: { status: 'DONE', result_url: 'https://s3.example/summary-1' },
  });
  ocrolus.says('https://s3.example/summary-1', { body: { job: 'summary-1' } });
  ocrolus.says(calls.analyticsJob('cash-1'), job('cash-1'));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  const started = () => ocrolus.asked.filter(({ target }) => target.includes('async=true')).length;
  expect(started()).toBe(2);
  expect(String(await harness.reader.resultBody('b', 'summary'))).toBe('{"job":"summary-1"}');
  expect((await harness.reader.missing('b')).map(({ kind }) => kind)).toEqual(['cash-flow']);

  // A document is added: what the job of the old generation computes is not the answer any more.
  saysCaptured(ocrolus, 'b', 'd2');
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd', status: 'VERIFICATION_COMPLETE' },
    { uuid: 'd2', status: 'VERIFICATION_COMPLETE' },
  ]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', d2: 'COMPLETED' }));
  ocrolus.says(calls.analyticsJob('cash-1'), {
    body: { status: 'DONE', result_url: 'https://s3.example/cash-1' },
  });
  ocrolus.says('https://s3.example/cash-1', { body: { job: 'cash-1' } });
  saysAnalytics(ocrolus, 'b', 2);
  await harness.live(3);
  expect(String(await harness.reader.resultBody('b', 'cash-flow'))).toBe('{"num_of_months":2}');
  expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: true });
});

test('point 11: version 1 analytics do not count as version 2, and lost announcements are found by probes', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  ocrolus.says(calls.analytics({ bookUuid: 'b' }), { body: { response: { bank_accounts: {} } } });
  ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await receive(harness.consumers, [delivery('ANALYTICS_COMPLETED', { bookUuid: 'b' })]);
  expect((await harness.reader.book('b'))?.analytics).toBeUndefined();
  saysAnalytics(ocrolus);
  // Income was generated, and the announcement was lost.
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(0.5);
  expect(await harness.reader.book('b')).toMatchObject({ complete: true, analytics: { state: 'available' } });
  expect(ocrolus.count('income-calculations')).toBe(0);
  await harness.live(1.5);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  // What no probe finds is asked for three times and then left alone.
  await harness.live(20);
  expect(ocrolus.count('suspicious-activity-flags')).toBe(3);
});

test('point 13: a message that is older than the last round is dropped', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
  await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.clock.advance(700);
  await harness.run();
  const old = harness.sent.splice(0);
  harness.clock.advance(1300);
  await harness.run();
  await harness.process();
  const asked = harness.ocrolus.asked.length;
  await receive(harness.consumers, old);
  expect(harness.ocrolus.asked.length).toBe(asked);
  const outcomes = (await harness.reader.events('b')).map(({ outcome, reason }) => `${outcome} ${reason}`);
  expect(outcomes.filter((outcome) => outcome === 'stale superseded')).toHaveLength(old.length);
});

test('point 13: nothing is sent into a deep queue', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
  await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.clock.advance(700);
  harness.depth = 5000;
  await harness.run();
  expect(harness.sent).toEqual([]);
  harness.depth = 0;
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('point 13: poll.discoverFrom bounds the first discovery', async () => {
  const harness = createPollerHarness(await memoryTable(), {
    POLL_DISCOVER: 'true',
    POLL_DISCOVER_FROM: '2026-02-01',
  });
  const { ocrolus } = harness;
  const listed = [
    { pk: 1, book_uuid: 'old', created_ts: '2025-12-31T23:00:00Z' },
    { pk: 2, book_uuid: 'b', created_ts: '2026-02-03T10:00:00Z' },
  ];
  ocrolus.says(calls.books(100, 0), { body: { response: { books: listed } } });
  ocrolus.says(calls.books(100, 1), { body: { response: { books: listed.slice(1) } } });
  saysEverything(ocrolus);
  await harness.run();
  expect(await harness.reader.book('old')).toBeUndefined();
  expect((await harness.reader.book('b'))?.status).toBe('VERIFIED');
});

test('point 12: a delivery that is being retried is in the ledger, with the code of each attempt', async () => {
  const { Failure } = await import('../../shared/failure.ts');
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
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

test('point 8: a rate limit never uses up the receives of a message', async () => {
  const { Failure } = await import('../../shared/failure.ts');
  const harness = createPollerHarness(await memoryTable());
  for (const code of ['http-429', 'rate-limit']) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', code));
    const failed = await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })], {
      attempts: 10,
    });
    expect(failed).toEqual([]);
  }
  expect(harness.consumers.requeued).toHaveLength(2);
});

test('point 14: reasons, names and account numbers reach the table, never a log', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus, consumers } = harness;
  saysEverything(ocrolus, 'b', ['d']);
  const rejection = 'DOCUMENT DUPLICATE OF John Q Public Chase 0042 March.pdf';
  saysStatus(ocrolus, 'b', 'VERIFYING', [{ uuid: 'd', status: 'REJECTED', rejection_reason: rejection }]);
  await receive(consumers, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
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

test('a product that is not enabled opens the circuit: bounded calls, and everything is fetched when it is enabled', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  const books = Array.from({ length: 30 }, (_, n) => `b${n}`);
  for (const book of books) {
    saysEverything(ocrolus, book, [`d-${book}`]);
    ocrolus.says(calls.bookSignals(book), { httpStatus: 403, body: { message: 'Forbidden' } });
    const writer = { account: 'default', source: 'poll', now: harness.clock.now() } as const;
    await updateBook(harness.table, book, () => newBook(book, { bookUuid: book }, writer));
  }
  await harness.live(3);
  // One canary an hour, besides what opened the circuit.
  expect(ocrolus.count('book-fraud-signals')).toBeLessThan(150);
  const complete = async () => {
    const all = await Promise.all(books.map((book) => harness.reader.book(book)));
    return all.filter((book) => book?.complete === true).length;
  };
  expect(await complete()).toBe(30);
  for (const book of books)
    ocrolus.says(calls.bookSignals(book), signals(book, { [`d-${book}`]: 'COMPLETED' }));
  await harness.live(5);
  for (const book of books) {
    expect((await harness.reader.results(book)).map(({ kind }) => kind)).toContain('signals');
  }
  expect(await complete()).toBe(30);
}, 120_000);
