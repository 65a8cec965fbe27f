import { describe, expect, test } from 'vitest';
import { HOUR } from './random.ts';
import { codeOf, createTestOcrolus, quietBook, START, statusOf } from './testing/test-ocrolus.ts';

describe('access', () => {
  test('another account gets 2102 or 1401, in the spelling of the family', () => {
    const ocrolus = createTestOcrolus();
    const uuids = Array.from({ length: 10 }, () => ocrolus.addBook(quietBook()));
    const codes = uuids.map((uuid) => codeOf(statusOf(ocrolus, uuid, 'gamma').body));
    expect(new Set(codes)).toEqual(new Set([2102, 1401]));
    for (const uuid of uuids)
      expect([403, 404]).toContain(ocrolus.get(`/v2/book/${uuid}/summary`, {}, 'gamma').status);
  });

  test('revoked credentials end tokens, and no new ones are issued', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook());
    expect(statusOf(ocrolus, uuid).status).toBe(200);
    ocrolus.setCredentials('alpha', false);
    const answers = Array.from({ length: 8 }, () => statusOf(ocrolus, uuid));
    expect(
      answers.every(({ status: http, body }) => http === 401 || [1200, 1202].includes(codeOf(body))),
    ).toBe(true);
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

  test('a product that is switched off is 403 without a code for all books of the account', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({}, { account: 'beta' }));
    ocrolus.settle();
    const ask = () => ocrolus.get(`/v2/detect/book/${uuid}/signals`, {}, 'beta');
    expect([ask().status, ask().body]).toEqual([403, '{"message":"Forbidden"}']);
    ocrolus.setProduct('beta', 'signals', true);
    expect(ask().state).toBe('available');
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
    expect(ocrolus.counts.total()).toBe(26);
  });
});

test('Book list pages by ascending pk, as an array where the account says so', () => {
  const ocrolus = createTestOcrolus();
  const uuids = Array.from({ length: 5 }, () => ocrolus.addBook(quietBook({}, { account: 'gamma' })));
  const { body } = ocrolus.get(
    '/v1/books',
    { order: 'ASC', order_by: 'pk', limit: '2', offset: '2' },
    'gamma',
  );
  expect([...body.matchAll(/"book_uuid":"([^"]+)"/g)].map(([, uuid]) => uuid)).toEqual(uuids.slice(2, 4));
  expect(body).toContain('"response":[{');
  expect(body).toMatch(/"pk":9007199254\d{9}/);
});
