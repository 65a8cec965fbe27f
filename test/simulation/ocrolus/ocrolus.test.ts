import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from './random.ts';
import { revisionOf } from './results.ts';
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
 * itself are in test/infra/local/ocrolus/answers.test.ts; that a book's truth is what calls get, every run compares.
 */

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

test('a history covers every state of a result, every status, and almost every event name', () => {
  const ocrolus = createTestOcrolus({ books: 500, arrivalMs: 20 * DAY }, 3);
  ocrolus.start();
  const states = new Set<string>();
  const statuses = new Set<string>();
  for (let day = 0; day < 24; day += 1) {
    ocrolus.advance(DAY);
    for (const { uuid } of ocrolus.books().slice(-150)) {
      const { documents, results, status, bookClass } = ocrolus.truth(uuid);
      for (const { answer } of results) states.add(answer.state);
      for (const document of documents) statuses.add(document.status);
      statuses.add(status).add(bookClass);
    }
  }
  const expected = ['available', 'notYet', 'neverReady', 'unavailable', 'asynchronous', 'slow', 'refused'];
  expect([...states].sort()).toEqual(expected.sort());
  const words =
    'CREATED UPLOAD VERIFYING VERIFIED DELETED INSTANT COMPLETE INSTANT_CLASSIFY_ONLY QUEUED PROCESSING';
  for (const word of `${words} CLASSIFIED VERIFICATION_COMPLETE COMPLETED REJECTED FAILED`.split(' '))
    expect(statuses).toContain(word);
  expect(new Set(ocrolus.names()).size).toBeGreaterThanOrEqual(38);
});

test('revoked credentials end tokens, and calls beyond the limit of a second are 429', () => {
  const ocrolus = createTestOcrolus({ callsPerSecond: 20 });
  const uuid = ocrolus.addBook(quietBook());
  const answers = Array.from({ length: 25 }, () => statusOf(ocrolus, uuid).status);
  expect(answers.filter((http) => http === 429)).toHaveLength(5);
  ocrolus.advance(1000);
  expect(statusOf(ocrolus, uuid).status).toBe(200);
  ocrolus.setCredentials('alpha', false);
  const { status, body } = statusOf(ocrolus, uuid);
  expect(status === 401 || [1200, 1202].includes(codeOf(body))).toBe(true);
  ocrolus.setCredentials('alpha', true);
  expect(statusOf(ocrolus, uuid).status).toBe(200);
});

test.each<[string, (ocrolus: TestOcrolus, from: number, until: number) => void, RegExp]>([
  ['refuse every call', ({ forbidWindow }, from, until) => forbidWindow(from, until, 'alpha'), /^40[34] /],
  ['hide all books', ({ hideBooks }, from, until) => hideBooks(from, until, 'alpha'), /1401/],
])('an account may %s for some hours', (_, plan, expected) => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  ocrolus.settle();
  const [from, until] = [ocrolus.now() + HOUR, ocrolus.now() + 2 * HOUR];
  plan(ocrolus, from, until);
  const said = () => {
    const { status, body } = statusOf(ocrolus, uuid);
    return `${status} ${body}`;
  };
  expect(said()).toContain('VERIFIED');
  ocrolus.advance(HOUR);
  expect(said()).toMatch(expected);
  ocrolus.advance(HOUR);
  expect(said()).toContain('VERIFIED');
});

test('a document that is corrected in place has other forms, up to three times within seconds, and no other status', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook());
  ocrolus.settle();
  const before = statusOf(ocrolus, uuid).body;
  ocrolus.change(uuid, 'correct');
  ocrolus.advance(10 * MINUTE);
  expect(statusOf(ocrolus, uuid).body).toBe(before);
  const corrected = ocrolus.documents(uuid).find(({ revision }) => revision > 1);
  const { change } = ocrolus.result(uuid, 'forms', corrected?.uuid ?? '') ?? {};
  expect(change).toMatchObject({ isShown: false, awayMs: 0 });
  expect(change?.since).toBeGreaterThan(START);
});

test('the first jobs of a book may fail, and a later one does not', () => {
  const ocrolus = createTestOcrolus();
  const uuid = ocrolus.addBook(quietBook({ failingJob: 1 }));
  ocrolus.settle();
  expect(resultOf(ocrolus, uuid, 'summary').state).toBe('asynchronous');
  const ends: number[] = [];
  for (let n = 0; n < 8 && !ends.includes(200); n += 1) {
    const { body } = ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' });
    ocrolus.advance(21 * HOUR);
    ends.push(ocrolus.get(`/v2/analytics/jobs/${/"job_id":"([^"]+)"/.exec(body)?.[1]}`).status);
  }
  expect(ends[0]).toBe(422);
  expect(ends.at(-1)).toBe(200);
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
