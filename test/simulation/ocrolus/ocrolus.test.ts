import { expect, test } from 'vitest';
import { DEFAULT_SHARES } from './profile.ts';
import { DAY, HOUR } from './random.ts';
import { createTestOcrolus } from './testing/test-ocrolus.ts';

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
      for (const { uuid, account } of asks ? ocrolus.books() : [])
        ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' }, account);
    }
    return ocrolus.deliveries.map(({ body }) => body);
  };
  expect(bodies(true)).toEqual(bodies(false));
});

test('a history covers every state of a result, every status, every oddity, and almost every event name', () => {
  const shares = { ...DEFAULT_SHARES, corrected: 0.1, failingJob: 0.05, passingCode: 0.05 };
  const ocrolus = createTestOcrolus({ books: 500, arrivalMs: 20 * DAY, shares, lags: true }, 3);
  ocrolus.start();
  const states = new Set<string>();
  const statuses = new Set<string>();
  const oddities = new Set<string>();
  for (let day = 0; day < 24; day += 1) {
    ocrolus.advance(DAY);
    for (const { uuid, account } of ocrolus.books().slice(-150)) {
      ocrolus.get('/v1/book/status', { book_uuid: uuid }, account);
      ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' }, account);
      const { documents, results, status, bookClass, behind } = ocrolus.truth(uuid);
      for (const document of documents) statuses.add(document.status);
      statuses.add(status).add(bookClass);
      if (behind.until > 0) oddities.add('an old status is shown for a while');
      for (const { answer, change, failedJobs, permanentUntil } of results) {
        states.add(answer.state);
        if (change.since > 0 && !change.isShown && change.awayMs === 0)
          oddities.add('a result changes, and no status');
        if (failedJobs > 0) oddities.add('a job fails');
        if (permanentUntil > 0) oddities.add('a permanent code passes');
      }
    }
  }
  expect(oddities.size).toBe(4);
  const expected = ['available', 'notYet', 'neverReady', 'unavailable', 'asynchronous', 'slow', 'refused'];
  expect([...states].sort()).toEqual(expected.sort());
  const words =
    'CREATED UPLOAD VERIFYING VERIFIED DELETED INSTANT COMPLETE INSTANT_CLASSIFY_ONLY QUEUED PROCESSING';
  for (const word of `${words} CLASSIFIED VERIFICATION_COMPLETE COMPLETED REJECTED FAILED`.split(' '))
    expect(statuses).toContain(word);
  expect(new Set(ocrolus.deliveries.map(({ eventName }) => eventName)).size).toBeGreaterThanOrEqual(38);
});

test.each([
  ['refuse every call', 'forbidWindow', /^40[34] /],
  ['hide all books', 'hideBooks', /1401/],
] as const)('an account may %s for some hours', (_, plan, expected) => {
  const ocrolus = createTestOcrolus({ books: 1 });
  ocrolus.start();
  ocrolus.advance(HOUR);
  const [{ uuid, account } = { uuid: '', account: '' }] = ocrolus.books();
  const [from, until] = [ocrolus.now() + HOUR, ocrolus.now() + 2 * HOUR];
  ocrolus[plan](from, until, account);
  const said = () => {
    const { status, body } = ocrolus.get('/v1/book/status', { book_uuid: uuid }, account);
    return `${status} ${body}`;
  };
  expect(said()).toContain(uuid);
  ocrolus.advance(HOUR);
  expect(said()).toMatch(expected);
  ocrolus.advance(HOUR);
  expect(said()).toContain(uuid);
});
