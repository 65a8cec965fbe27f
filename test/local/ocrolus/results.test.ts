import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { ask, field, signIn } from './testing/client.ts';

let now = Date.UTC(2026, 0, 5);
let simulator: Simulator;
let api: Awaited<ReturnType<typeof signIn>>;

beforeEach(async () => {
  simulator = await startSimulator({
    now: () => now,
    requestsPerSecond: 1e6,
    heavyRequestsPerSecond: 1e6,
    jobMs: 50,
  });
  api = await signIn(simulator);
});
afterEach(() => simulator.close());

const codeOf = async (target: string) => {
  const { status, body } = await api.get(target);
  return [status, field(body, 'code')];
};

/** The only document of a new book. */
function addDocument(spec: Parameters<Simulator['addDocument']>[1] = {}) {
  const book = simulator.addBook();
  return { book, document: simulator.addDocument(book.uuid, spec) };
}

describe('capture', () => {
  it('is 400/1404 while the document is pending, 400/1511 while its mixed parent is', async () => {
    const { book, document } = addDocument();
    const { document: split } = addDocument({ mixed: 'all.pdf' });
    expect(await codeOf(`/v1/document/forms/fields?doc_uuid=${document.uuid}`)).toEqual([400, 1404]);
    expect(await codeOf(`/v1/transaction?book_uuid=${book.uuid}`)).toEqual([400, 1404]);
    expect(await codeOf(`/v1/document/forms/fields?doc_uuid=${split.docUuid}`)).toEqual([400, 1511]);
    expect(await codeOf('/v1/document/forms/fields?doc_uuid=unknown')).toEqual([400, 1501]);
    expect(await codeOf('/v1/document/forms/fields')).toEqual([400, 1103]);
  });

  it('gives forms of a form, transactions of a statement, an array of pay stubs', async () => {
    const { uuid } = simulator.addBook({ documents: [{}, { kind: 'form' }, { kind: 'pay-stub' }] });
    await simulator.verifyBook(uuid);
    const [statement, form, stub] = (await simulator.expected(uuid)).documents;
    const forms = async (id = '') =>
      field((await api.get(`/v1/document/forms/fields?doc_uuid=${id}`)).body, 'response', 'forms');
    expect(await forms(form?.uuid)).toMatchObject([{ form_type: 'W2' }]);
    expect(await forms(statement?.uuid)).toEqual([]);
    expect((await api.get(`/v2/document/${stub?.uuid}/paystub`)).body).toMatchObject({
      status: 200,
      response: [{ book_uuid: uuid, net_pay: { totals: { current_pay: { amount: '1480.25' } } } }],
    });
    expect(field((await api.get(`/v1/book/forms?book_uuid=${uuid}`)).body, 'response')).toMatchObject({
      book_status: 'ACTIVE',
      forms: [{ form_type: 'W2' }],
    });
  });

  it('writes v1 transactions with dashless uuids, strings for money and US dates', async () => {
    const { book, document } = addDocument();
    await simulator.verifyBook(book.uuid);
    const { body } = await api.get(
      `/v1/transaction?book_uuid=${book.uuid}&uploaded_doc_uuid=${document.uuid}`,
    );
    const uploaded = field(body, 'response', 'uploaded_docs', document.pk);
    expect(field(uploaded, 'uuid')).toBe(document.uuid.replaceAll('-', ''));
    expect(field(body, 'response', 'txns', 0)).toMatchObject({
      amount: expect.stringMatching(/^-?\d+\.\d\d$/),
      txn_date: expect.stringMatching(/^\d\d\/\d\d\/\d{4}$/),
    });
  });

  // No example of it is known: its fields are those of OpenAPI 3.1.1, which is not at hand.
  it('names classified documents', async () => {
    const { book, document } = addDocument({ kind: 'form', formType: 'VOIDED_CHECK', mixed: 'all.pdf' });
    const summary = async () =>
      field((await api.get(`/v2/book/${book.uuid}/classification-summary`)).body, 'response', 'forms', 0);
    expect(await summary()).toEqual({
      form_uuid: null,
      upload_origin: 'MIXED',
      upload_details: {
        doc_uuid: document.docUuid,
        doc_page_indexes: [0],
        mixed_doc_uuid: document.mixed?.uuid,
        mixed_doc_page_indexes: [0],
        confidence: null,
      },
      status: 'UPLOADED',
      rejection_reason: null,
      form_type: { name: 'UNKNOWN', account_type: null, display_name: null },
      is_original: null,
      form_uuid_duplicate_of: null,
      uniqueness_values: [],
      pages: [{ uploaded_page_index: 0, form_page_number: '1', given_page_total: '1' }],
    });
    await simulator.classifyBook(book.uuid);
    expect(await summary()).toMatchObject({
      form_uuid: document.form.uuid,
      status: 'VERIFYING',
      form_type: { name: 'VOIDED_CHECK', display_name: 'VOIDED CHECK' },
      upload_details: { confidence: '0.98' },
    });
    await simulator.verifyBook(book.uuid);
    expect(await summary()).toMatchObject({
      uniqueness_values: [{ display_name: 'Year', raw_field_key: expect.any(String), confidence: 0.98 }],
    });
  });

  it('takes each id by its own name only', async () => {
    const { book, document } = addDocument({ kind: 'form', mixed: 'all.pdf' });
    await simulator.verifyBook(book.uuid);
    const { uuid, docUuid, pk, form } = document;
    const forms = '/v1/document/forms/fields';
    expect(await codeOf(`${forms}?doc_uuid=${docUuid}`)).toEqual([200, undefined]);
    expect(await codeOf(`${forms}?pk=${pk}`)).toEqual([200, undefined]);
    for (const wrong of [`doc_uuid=${uuid}`, `doc_uuid=${pk}`, `pk=${docUuid}`])
      expect(await codeOf(`${forms}?${wrong}`), wrong).toEqual([400, 1501]);
    expect(await codeOf(`/v2/document/${uuid}/paystub`)).toEqual([400, 1501]);
    expect(await codeOf(`/v1/form?uuid=${form.uuid}`)).toEqual([200, undefined]);
    expect(await codeOf(`/v1/form?uuid=${form.pk}`)).toEqual([400, 2301]);
    const transactions = `/v1/transaction?book_uuid=${book.uuid}`;
    expect(await codeOf(`${transactions}&uploaded_doc_uuid=${docUuid}`)).toEqual([400, 1501]);
    expect(await codeOf(`${transactions}&uploaded_doc_uuid=${uuid}`)).toEqual([200, undefined]);
  });

  it('lists a deleted document as DELETED, or not at all', async () => {
    const { uuid, documents } = simulator.addBook({ documents: [{}, {}] });
    await simulator.verifyBook(uuid);
    const statuses = async () => {
      const { body } = await api.get(`/v1/book/status?book_uuid=${uuid}`);
      const docs = field(body, 'response', 'docs');
      return Array.isArray(docs) ? docs.map((document) => field(document, 'status')) : docs;
    };
    const [first, second] = documents.map((document) => document.uuid);
    simulator.deleteDocument(first ?? '', { listed: true });
    expect(await statuses()).toEqual(['DELETED', 'VERIFICATION_COMPLETE']);
    simulator.deleteDocument(second ?? '');
    expect(await statuses()).toEqual(['DELETED']);
    expect((await api.get(`/v2/detect/uploaded_doc/${second}/signals`)).status).toBe(404);
    expect(await codeOf(`/v1/document/forms/fields?doc_uuid=${second}`)).toEqual([400, 1501]);
  });
});

describe('analytics', () => {
  it('are 425/9004 until they are ready, also after a reopening; then bare', async () => {
    const { book } = addDocument();
    const summary = `/v2/book/${book.uuid}/summary`;
    await simulator.verifyBook(book.uuid);
    expect(await codeOf(summary)).toEqual([425, 9004]);
    await simulator.completeAnalytics(book.uuid);
    const { body } = await api.get(summary);
    expect(body).toMatchObject({ book_uuid: book.uuid, txn_count: 6 });
    expect(field(body, 'response')).toBeUndefined();
    simulator.addDocument(book.uuid);
    expect(await codeOf(summary)).toEqual([425, 9004]);
  });

  it('are 404/9006 for a book without transactions, and 400/9003 in v1', async () => {
    const { book } = addDocument({ kind: 'form' });
    await simulator.verifyBook(book.uuid);
    await simulator.completeAnalytics(book.uuid);
    expect(await codeOf(`/v2/book/${book.uuid}/cash_flow_features`)).toEqual([404, 9006]);
    expect(await codeOf(`/v1/book/summary?pk=${book.pk}`)).toEqual([400, 9003]);
  });

  it('page enriched transactions from the latest on, 50 unless more are asked for', async () => {
    const { book } = addDocument({ transactions: 60 });
    await simulator.verifyBook(book.uuid);
    await simulator.completeAnalytics(book.uuid);
    const rows = `/v2/book/${book.uuid}/enriched_txns`;
    const { body } = await api.get(`${rows}?offset=55&limit=10`);
    expect(body).toMatchObject({ offset: 55, limit: 10, filtered_total: 5, total: 60 });
    const first = (await api.get(rows)).body;
    expect(first).toMatchObject({ offset: 0, limit: 50, filtered_total: 50, total: 60 });
    const dates = field(first, 'enriched_transactions');
    const days = Array.isArray(dates) ? dates.map((row) => String(field(row, 'txn_date'))) : [];
    expect(days).toEqual(days.toSorted().reverse());
  });

  it('of v1 come by request id: processing, completed, expired', async () => {
    const { book } = addDocument();
    await simulator.verifyBook(book.uuid);
    const requested = await api.sendJson('POST', '/v1/book/analytics/async/request', { pk: Number(book.pk) });
    const id = String(field(requested.body, 'response', 'analytics_request_id'));
    const status = async () => {
      const { body } = await api.get(`/v1/book/analytics/async/result?analytics_request_id=${id}`);
      return field(body, 'response', id, 'analytics_status');
    };
    expect(await status()).toBe('PROCESSING');
    await simulator.completeAnalytics(book.uuid);
    expect(await status()).toBe('COMPLETED');
    now += 86_400_000;
    api = await signIn(simulator);
    expect(await status()).toBe('EXPIRED');
  });

  it('of v2 become a job with async=true, whose URL wants no token', async () => {
    const { book } = addDocument();
    await simulator.verifyBook(book.uuid);
    await simulator.completeAnalytics(book.uuid);
    const started = await api.get(`/v2/book/${book.uuid}/summary?async=true`);
    expect(started.status).toBe(202);
    const job = `/v2/analytics/jobs/${field(started.body, 'job_id')}`;
    expect(await api.get(job)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    now += 50;
    const done = await api.get(job);
    const url = String(field(done.body, 'result_url'));
    expect(done).toMatchObject({ status: 200, body: { status: 'DONE' } });
    const { text } = await ask(url);
    expect(text).toBe((await simulator.expected(book.uuid)).answer('Book-summary').body.toString());
    expect((await ask(url, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
    now += 86_400_000;
    api = await signIn(simulator);
    expect((await api.get(job)).status).toBe(404);
  });

  it('of more than 100,000 transactions are a job only: 422/1100', async () => {
    const { book } = addDocument({ transactions: 100_001 });
    await simulator.verifyBook(book.uuid, { deliver: false });
    await simulator.completeAnalytics(book.uuid, { deliver: false });
    expect(await codeOf(`/v2/book/${book.uuid}/summary`)).toEqual([422, 1100]);
  });
});

describe('detect, income and business', () => {
  it('shows detect per document, per book and by the alias', async () => {
    const book = simulator.addBook({ documents: [{ mixed: 'all.pdf' }, {}, {}] });
    await simulator.verifyBook(book.uuid);
    const [found, unable, pending] = book.documents.map(({ uuid }) => uuid);
    await simulator.runDetect(found ?? '', 'found');
    await simulator.runDetect(unable ?? '', 'unable');
    const ofBook = await api.get(`/v2/detect/book/${book.uuid}/signals`);
    expect(ofBook.body).toMatchObject({
      book_uuid: book.uuid,
      doc_analysis: [
        { detect_status: 'COMPLETED', form_analysis: [{ signals: [{ signal_count: 1 }] }] },
        { detect_status: 'UNABLE_TO_PROCESS' },
        { uploaded_doc_uuid: pending, detect_status: 'PENDING' },
      ],
    });
    const ofDocument = await api.get(`/v2/detect/uploaded_doc/${found}/signals?exclude_dashboard_url=true`);
    expect(field(ofDocument.body, 'book_dashboard_url')).toBeUndefined();
    const docUuid = book.documents[0]?.docUuid;
    expect((await api.get(`/v2/detect/document/${docUuid}/signals`)).status).toBe(200);
    expect((await api.get(`/v2/detect/uploaded_doc/${docUuid}/signals`)).status).toBe(404);
  });

  it('flags suspicious activity under a dashless book uuid', async () => {
    const { book } = addDocument();
    await simulator.flagSuspiciousActivity(book.uuid);
    const { body } = await api.get(`/v1/book/${book.uuid}/suspicious-activity-flags`);
    expect(field(body, 'response', 'book_uuid')).toBe(book.uuid.replaceAll('-', ''));
    expect(field(body, 'response', 'suspicious_activity_results', 0, 'flags', 0)).toMatchObject({
      suspicious_activity_detected: true,
    });
  });

  it('calculates income', async () => {
    const { book } = addDocument({ kind: 'form' });
    await simulator.verifyBook(book.uuid);
    expect(await codeOf(`/v2/book/${book.uuid}/income/summary`)).toEqual([425, 9004]);
    await simulator.calculateIncome(book.uuid);
    expect((await api.get(`/v2/book/${book.uuid}/income-calculations?guideline=FHA`)).status).toBe(200);
    expect((await api.get(`/v2/book/${book.uuid}/income/summary?guideline=X`)).body).toHaveProperty(
      'validation_error',
    );
  });

  it('keeps a business pending until Middesk is done', async () => {
    const { book } = addDocument();
    const created = await api.send('POST', `/v2/book/${book.uuid}/business?name=Hillside`);
    const id = String(field(created.body, 'business_uuid'));
    const status = async () =>
      field((await api.get(`/v2/book/${book.uuid}/business/${id}`)).body, 'middesk_response', 'status');
    expect(await status()).toBe('pending');
    await simulator.verifyBusiness(book.uuid, id);
    expect(await status()).toBe('approved');
  });
});

it('lists the books that are shared, by the direction', async () => {
  const { uuid } = simulator.addBook();
  const outbound = simulator.copyBook(uuid);
  const inbound = simulator.copyBook(uuid, 'INBOUND');
  const ids = async (query: string) => field((await api.get(`/v1/book/copy-jobs${query}`)).body, 'copy_jobs');
  expect(await ids('')).toMatchObject([{ job_id: outbound.id, book_uuid: uuid }]);
  expect(await ids('?job_type=INBOUND')).toMatchObject([{ job_id: inbound.id }]);
  expect(await ids(`?org_uuid=${inbound.orgUuid}`)).toEqual([]);
  expect((await api.get('/v1/book/copy-jobs?limit=101')).status).toBe(400);
});
