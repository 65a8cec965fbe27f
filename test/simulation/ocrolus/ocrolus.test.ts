import { expect, test } from 'vitest';
import { revisionOf } from '../../../infra/local/ocrolus/model/reply.ts';
import { DAY, HOUR, MINUTE, SECOND } from './random.ts';
import {
  codeOf,
  createTestOcrolus,
  quietBook,
  resultOf,
  START,
  statusOf,
  type TestOcrolus,
} from './testing/test-ocrolus.ts';

/*
 * What the simulation adds to the model: lives of books, access, and what Ocrolus does not document. The answers of the model
 * itself are in test/infra/local/ocrolus/answers.test.ts.
 */

const listed = (ocrolus: TestOcrolus, query: Record<string, string>) =>
  [...ocrolus.get('/v1/books', { order: 'ASC', order_by: 'pk', ...query }).body.matchAll(/"pk":(\d+)/g)].map(
    ([, pk]) => Number(pk),
  );

test('the life of a book does not depend on the requests that are made about it', () => {
  const bodies = (asks: boolean) => {
    const ocrolus = createTestOcrolus({ books: 20, arrivalMs: HOUR });
    ocrolus.start();
    for (let hour = 0; hour < 200; hour += 1) {
      ocrolus.advance(HOUR);
      for (const { uuid } of asks ? ocrolus.books() : [])
        ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' });
    }
    return ocrolus.deliveries.map(({ body }) => body);
  };
  expect(bodies(true)).toEqual(bodies(false));
});

test('revoked credentials end tokens, and no new ones are issued', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  expect(statusOf(ocrolus, uuid).status).toBe(200);
  ocrolus.setCredentials('alpha', false);
  const answers = Array.from({ length: 8 }, () => statusOf(ocrolus, uuid));
  expect(answers.every(({ status: http, body }) => http === 401 || [1200, 1202].includes(codeOf(body)))).toBe(
    true,
  );
  const call = {
    method: 'POST',
    path: '/oauth/token',
    query: new URLSearchParams(),
    token: undefined,
    account: 'alpha',
  };
  expect([400, 401, 403]).toContain(ocrolus.answer(call).status);
  ocrolus.setCredentials('alpha', true);
  expect(ocrolus.answer(call).status).toBe(200);
});

test('a period of refusals covers every call of its account, and ends', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  ocrolus.forbidWindow(START + HOUR, START + 2 * HOUR, 'alpha');
  expect(statusOf(ocrolus, uuid).status).toBe(200);
  ocrolus.advance(HOUR);
  expect([403, 404]).toContain(statusOf(ocrolus, uuid).status);
  expect(codeOf(statusOf(ocrolus, uuid, 'gamma').body)).toBeGreaterThan(1400);
  ocrolus.advance(HOUR);
  expect(statusOf(ocrolus, uuid).status).toBe(200);
});

test('too many calls in a second are 429, and every call is counted', () => {
  const ocrolus = createTestOcrolus({ callsPerSecond: 20 });
  const uuid = ocrolus.addBook(quietBook());
  const answers = Array.from({ length: 25 }, () => statusOf(ocrolus, uuid).status);
  expect(answers.filter((http) => http === 429)).toHaveLength(5);
  ocrolus.advance(1000);
  expect(statusOf(ocrolus, uuid).status).toBe(200);
  expect(ocrolus.callCount()).toBe(26);
});

test('analytics take too long once or forever, and reading the truth does not count', () => {
  const ocrolus = createTestOcrolus();
  const uuids = Array.from({ length: 12 }, () => ocrolus.addBook(quietBook({ slow: 1 })));
  ocrolus.settle();
  const asked = uuids.filter((uuid) => ocrolus.truth(uuid).rows > 0);
  for (const uuid of asked) expect(resultOf(ocrolus, uuid, 'summary').answer.state).toBe('slow');
  const answers = asked.map((uuid) =>
    [1, 2].map(() => ocrolus.get(`/v2/book/${uuid}/summary`).state).join(' '),
  );
  expect(new Set(answers)).toEqual(new Set(['slow available', 'slow slow']));
});

test("Detect says the same of a document in its own answer and in the book's", () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook({}, { documents: 40 }));
  ocrolus.settle();
  const { body } = ocrolus.get(`/v2/detect/book/${uuid}/signals`);
  const { documents } = ocrolus.truth(uuid);
  expect(new Set(documents.map(({ detect }) => detect)).size).toBeGreaterThan(2);
  for (const { uuid: id, analysis } of documents) {
    expect(body.includes(id)).toBe(analysis !== '');
    expect(body).toContain(analysis);
    if (analysis !== '')
      expect(ocrolus.get(`/v2/detect/uploaded_doc/${id}/signals`).body).toContain(analysis);
  }
});

test('a document that is corrected in place has other forms, up to three times within seconds, and no other status', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  ocrolus.settle();
  const before = statusOf(ocrolus, uuid).body;
  const revisions = ocrolus.documents(uuid).map(({ revision }) => revision);
  ocrolus.change(uuid, 'correct');
  ocrolus.advance(10 * MINUTE);
  expect(statusOf(ocrolus, uuid).body).toBe(before);
  const after = ocrolus.documents(uuid).map(({ revision }) => revision);
  expect(after).not.toEqual(revisions);
  expect(ocrolus.names().filter((name) => name === 'document.verification_succeeded').length).toBeGreaterThan(
    3,
  );
  const corrected = ocrolus.documents(uuid).find(({ revision }) => revision > 1);
  const { change } = ocrolus.result(uuid, 'forms', corrected?.uuid ?? '') ?? {};
  expect(change).toMatchObject({ isShown: false, awayMs: 0 });
  expect(change?.since).toBeGreaterThan(0);
});

test('the first jobs of a book may fail, and a later one does not', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook({ failingJob: 1 }));
  ocrolus.settle();
  const path = `/v2/book/${uuid}/summary`;
  expect(resultOf(ocrolus, uuid, 'summary').state).toBe('asynchronous');
  const ends: number[] = [];
  for (let n = 0; n < 8 && !ends.includes(200); n += 1) {
    const id = /"job_id":"([^"]+)"/.exec(ocrolus.get(path, { async: 'true' }).body)?.[1];
    ocrolus.advance(21 * HOUR);
    ends.push(ocrolus.get(`/v2/analytics/jobs/${id}`).status);
  }
  expect(ends[0]).toBe(422);
  expect(ends.at(-1)).toBe(200);
  expect(ends.filter((status) => status === 422).length).toBeLessThanOrEqual(3);
});

test('a permanent code passes hours or days later, and the result is announced', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook({ passingCode: 1 }));
  ocrolus.advance(2 * HOUR);
  while (resultOf(ocrolus, uuid, 'summary').state !== 'unavailable') ocrolus.advance(MINUTE);
  ocrolus.settle();
  const summary = resultOf(ocrolus, uuid, 'summary');
  expect(summary).toMatchObject({ state: 'available', revision: 2 });
  expect(summary.permanentUntil).toBe(summary.changedAt);
  expect(ocrolus.names().filter((name) => name.startsWith('book.analytics_v2.')).length).toBe(2);
});

test('Book list shows some books late, below those that it has shown', () => {
  const ocrolus = createTestOcrolus();
  ocrolus.addBook({ ...quietBook({ lateListed: 1 }), documents: 1 });
  ocrolus.addBook({ ...quietBook(), documents: 1 });
  const early = listed(ocrolus, { limit: '10' });
  ocrolus.advance(2 * DAY);
  const late = listed(ocrolus, { limit: '10' });
  expect(late).toHaveLength(early.length + 1);
  expect(late.indexOf(early[0] ?? 0)).toBe(1);
  expect(late).toEqual([...late].sort((a, b) => a - b));
});

test('an API that lags shows what it has shown before, for some minutes at most', () => {
  const ocrolus = createTestOcrolus({ lags: true });
  const uuids = Array.from({ length: 10 }, () => ocrolus.addBook(quietBook()));
  const isOld = (uuid: string) =>
    (revisionOf(statusOf(ocrolus, uuid).body) ?? 0) < ocrolus.truth(uuid).version;
  let old = 0;
  for (let n = 0; n < 300; n += 1) {
    ocrolus.advance(20 * SECOND);
    old += uuids.filter(isOld).length;
  }
  expect(old).toBeGreaterThan(0);
  expect(old).toBeLessThan(300);
  ocrolus.settle();
  for (const uuid of uuids) isOld(uuid);
  expect(uuids.filter(isOld)).toEqual([]);
});

test('an account may say for hours that there are no books', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  ocrolus.settle();
  const from = ocrolus.now() + HOUR;
  ocrolus.hideBooks(from, from + HOUR, 'alpha');
  expect(statusOf(ocrolus, uuid).body).toContain('VERIFIED');
  ocrolus.advance(HOUR);
  expect(statusOf(ocrolus, uuid).body).toContain('1401');
  expect(ocrolus.truth(uuid).status).toBe('VERIFIED');
  ocrolus.advance(HOUR);
  expect(statusOf(ocrolus, uuid).body).toContain('VERIFIED');
});
