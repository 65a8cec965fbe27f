import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { classify } from '../../../shared/ocrolus/classify.ts';

/** Meaning of an answer: its kind, with its code if it has one. */
function meaningOf(httpStatus: number, body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const verdict = classify({ httpStatus, body: Buffer.from(text) });
  return 'code' in verdict ? `${verdict.kind} ${verdict.code}` : verdict.kind;
}

const v1 = (status: number, code: number) => ({
  status,
  code,
  response: null,
  message: 'a message',
  meta: { status, msg: 'a message', code },
});
const v2 = (status: number, code?: number) => ({ status, code, message: 'a message' });
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

test.each<[number, unknown, string]>([
  [401, { message: 'Unauthorized' }, 'auth'],
  [401, HTML, 'auth'],
  [401, '', 'auth'],
  [400, v1(400, 1200), 'auth'],
  [400, v1(400, 1202), 'auth'],
  [400, v1(400, 1204), 'auth'],
  [400, v1(400, 1401), 'refused 1401'],
  [404, v2(404, 1401), 'refused 1401'],
  [400, v1(400, 2102), 'refused 2102'],
  [403, v2(403, 2102), 'refused 2102'],
  [400, v1(400, 2104), 'refused 2104'],
  [400, v1(400, 2107), 'refused 2107'],
  [400, v1(400, 2108), 'refused 2108'],
  [400, v1(400, 1501), 'refused 1501'],
  [400, v1(400, 2301), 'refused 2301'],
  [400, v1(400, 1002), 'rejected 1002'],
  [400, v1(400, 1003), 'rejected 1003'],
  [400, v1(400, 1103), 'rejected 1103'],
  [400, v1(400, 1404), 'not-yet 1404'],
  [400, v1(400, 1511), 'not-yet 1511'],
  [425, v2(425, 9004), 'not-yet 9004'],
  [425, v2(425), 'not-yet http-425'],
  [425, '', 'not-yet http-425'],
  [404, v2(404, 9006), 'permanent 9006'],
  [400, v2(400, 9001), 'refused 9001'],
  [400, v2(400, 9002), 'permanent 9002'],
  [400, v2(400, 9003), 'permanent 9003'],
  [422, v2(422, 1100), 'refused 1100'],
  [400, v2(400, 1100), 'refused 1100'],
  [404, { job_id: 'j', error: 'expired' }, 'refused http-404'],
  [422, { job_id: 'j', error: 'too many' }, 'refused http-422'],
  [400, v1(400, 1806), 'refused 1806'],
  [400, v1(400, 1005), 'throttled 1005'],
  [429, '', 'throttled http-429'],
  [429, HTML, 'throttled http-429'],
  [429, v2(200), 'throttled http-429'],
  [429, v1(400, 1401), 'throttled http-429'],
  [429, v2(404, 9006), 'throttled http-429'],
  [429, v2(401), 'throttled http-429'],
  [429, v2(429), 'throttled http-429'],
  ...[1500, 1513, 2300, 2401, 2500, 9104].map((code): [number, unknown, string] => [
    400,
    v1(400, code),
    `failed ${code}`,
  ]),
  [200, v1(400, 1500), 'failed 1500'],
  [400, v1(400, 1307), 'refused 1307'],
  [408, {}, 'failed http-408'],
  [408, '', 'failed http-408-unreadable'],
  [500, v2(500), 'failed http-500'],
  [502, HTML, 'failed http-502-unreadable'],
  [400, '{"status":400,"co', 'failed http-400-unreadable'],
  [404, HTML, 'failed http-404-unreadable'],
  [503, '', 'failed http-503-unreadable'],
  [504, {}, 'failed http-504'],
  [500, v1(500, 9006), 'failed 9006'],
  [403, { message: 'Forbidden' }, 'refused http-403'],
  [404, { message: 'Not Found' }, 'refused http-404'],
  [404, v2(404, 404), 'refused 404'],
  [410, {}, 'refused http-410'],
  [451, {}, 'refused http-451'],
  [412, {}, 'rejected http-412'],
  [413, HTML, 'rejected http-413-unreadable'],
  [415, {}, 'rejected http-415'],
  [400, { message: 'Invalid book uuid' }, 'refused http-400'],
  [400, { validation_error: { path_params: [] } }, 'refused http-400'],
  [400, v1(400, 31_337), 'refused 31337'],
])('errors worth branching on: HTTP %i %j is %s', (httpStatus, body, meaning) => {
  expect(meaningOf(httpStatus, body)).toBe(meaning);
});

describe('the effective status', () => {
  test.each<[number, unknown, string]>([
    [200, v1(400, 1401), 'refused 1401'],
    [200, { status: '400', code: '1401' }, 'refused 1401'],
    [200, { status: 400, code: 404 }, 'refused 404'],
    [200, { status: 401 }, 'auth'],
    [200, { status: 425 }, 'not-yet http-425'],
    [200, { status: 429 }, 'throttled http-429'],
    [200, { status: 429, code: 1401 }, 'throttled 1401'],
    [403, { status: '429', code: 9006 }, 'throttled 9006'],
    [200, v2(404, 9006), 'permanent 9006'],
    [200, { status: 200, response: { status: 400, code: 9003 } }, 'permanent 9003'],
    [200, { status: 500 }, 'failed http-500'],
    [403, { status: 404, message: 'SMB entity not resolved' }, 'refused http-404'],
    [200, { status: 200, message: 'OK', response: { status: 400, message: 'failed' } }, 'refused http-400'],
    [200, { status: 400, meta: { code: 1404 } }, 'not-yet 1404'],
  ])('HTTP %i with %j is %s: the body decides', (httpStatus, body, meaning) => {
    expect(meaningOf(httpStatus, body)).toBe(meaning);
  });

  test.each<unknown>([
    { status: 200, message: 'OK', response: {} },
    { status: 'success' },
    { status: 'PENDING', job_id: 'j' },
    { status: 'DONE' },
    { status: '0400x' },
    { status: 1404 },
    { status: null },
    { status: 200, response: { status: 'VERIFIED', code: 1401 } },
    { response: [{ status: 400 }] },
    { book_uuid: 'b', doc_analysis: [] },
    [],
  ])('200 with %j is an answer', (body) => {
    expect(meaningOf(200, body)).toBe('ok');
  });

  test.each<[number, unknown, string]>([
    // An asynchronous job.
    [202, { job_id: 'j', status: 'PENDING' }, 'ok'],
    // An error status without one in the body stands.
    [404, { status: 'error' }, 'refused http-404'],
    [500, { status: 200 }, 'failed http-500'],
    // They were cut off.
    [200, '', 'failed http-200-unreadable'],
    [200, HTML, 'failed http-200-unreadable'],
    [200, '{"status":200,"response":{"docs":[', 'failed http-200-unreadable'],
    [200, '{"a":', 'failed http-200-unreadable'],
  ])('HTTP %i with %j is %s', (httpStatus, body, meaning) => {
    expect(meaningOf(httpStatus, body)).toBe(meaning);
  });
});

it('only 9002, 9003 and 9006 say something about the data: nothing else ends a result', () => {
  const error = fc.record({
    status: fc.integer({ min: 400, max: 599 }),
    code: fc.oneof(
      fc.integer({ min: 1000, max: 9999 }),
      fc.constantFrom(9002, 9003, 9006, 1401, 2102, 1501, 9001),
      fc.constant(undefined),
    ),
  });
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), error, (httpStatus, body) => {
      const isPermanent = meaningOf(httpStatus, body).startsWith('permanent');
      const isAboutData = body.code === 9002 || body.code === 9003 || body.code === 9006;
      if (isPermanent) expect(isAboutData).toBe(true);
      if (isAboutData && body.status === 400 && httpStatus !== 429) expect(isPermanent).toBe(true);
      if (httpStatus === 429 || body.status === 429)
        expect(meaningOf(httpStatus, body)).toMatch(/^throttled/);
    }),
    { numRuns: 3000 },
  );
});

it('never throws, and takes no error status for an answer', () => {
  const text = fc.json().map((json) => Buffer.from(json));
  const body = fc.oneof(fc.uint8Array(), text);
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), body, (httpStatus, bytes) => {
      expect(classify({ httpStatus, body: Buffer.from(bytes) }).kind).not.toBe('ok');
    }),
    { numRuns: 1000 },
  );
});

test('a product that is not enabled is no matter of credentials, where the call says by which code', () => {
  const body = Buffer.from('{"status":400,"code":1200,"message":"Risk score is not enabled for this org"}');
  const { notEnabledCode } = calls.riskScore('b');
  expect(classify({ httpStatus: 400, body }, notEnabledCode)).toEqual({ kind: 'refused', code: '1200' });
  expect(classify({ httpStatus: 200, body }, notEnabledCode)).toEqual({ kind: 'refused', code: '1200' });
  expect(classify({ httpStatus: 400, body }, calls.bookSummary('b').notEnabledCode)).toEqual({
    kind: 'auth',
  });
  const unauthorized = { httpStatus: 401, body: Buffer.from('{"message":"Unauthorized"}') };
  expect(classify(unauthorized, notEnabledCode)).toEqual({ kind: 'auth' });
});
