import { describe, expect, test } from 'vitest';
import { revisionOf } from '../../../infra/local/ocrolus/model/reply.ts';
import { DAY, HOUR, MINUTE, SECOND } from './random.ts';
import {
  createTestOcrolus,
  quietBook,
  resultOf,
  statusOf,
  type TestOcrolus,
} from './testing/test-ocrolus.ts';

const pks = ({ body }: { readonly body: string }) =>
  [...body.matchAll(/"pk":(\d+)/g)].map(([, pk]) => Number(pk));

const listed = (ocrolus: TestOcrolus, query: Record<string, string>, account = 'alpha') =>
  pks(ocrolus.get('/v1/books', { order: 'ASC', order_by: 'pk', ...query }, account));

describe('a document that is corrected in place', () => {
  test('has other forms, up to three times within seconds, and no other status', () => {
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
    expect(
      ocrolus.names().filter((name) => name === 'document.verification_succeeded').length,
    ).toBeGreaterThan(3);
    const corrected = ocrolus.documents(uuid).find(({ revision }) => revision > 1);
    const { change } = ocrolus.result(uuid, 'forms', corrected?.uuid ?? '') ?? {};
    expect(change).toMatchObject({ isShown: false, awayMs: 0 });
    expect(change?.since).toBeGreaterThan(0);
  });
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

describe('Book list', () => {
  test('shows some books late, below those that it has shown', () => {
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

  test('may ignore limit and offset', () => {
    const account = { name: 'alpha', vocabulary: 'organization', listShape: 'whole' } as const;
    const ocrolus = createTestOcrolus({ accounts: [account] });
    for (let n = 0; n < 4; n += 1) ocrolus.addBook({ ...quietBook(), documents: 1 });
    expect(listed(ocrolus, { limit: '2', offset: '2' })).toHaveLength(4);
  });
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
