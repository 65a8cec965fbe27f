import { describe, expect, it } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { json } from './testing/fake-fetch.ts';
import { DEADLINE, inTurn, ok, open, status } from './testing/open-client.ts';

const noStream = () => Promise.reject(new Error('nothing here is large'));

const unauthorized = () => json(401, { message: 'Unauthorized' });

describe('an answer', () => {
  it('has the bytes as they came, and when the request started', async () => {
    const text = '{ "status" : 200, "response":{"pk":9007199254740993,"amount":"1.10"} }';
    const { client, sent, recorded } = open(() => new Response(text));
    recorded.now = 5_000;
    const answer = await client.get(status, DEADLINE);
    expect(answer.body.toString()).toBe(text);
    expect(answer).toMatchObject({ operation: 'book-status', httpStatus: 200 });
    expect(answer.askedAt).toBe('1970-01-01T00:00:05.000Z');
    expect(sent[0]).toMatchObject({ method: 'GET', url: 'https://api.example/v1/book/status?book_uuid=b' });
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer token-1');
    expect(await client.ask(status, DEADLINE)).toMatchObject({
      kind: 'ok',
      answer: { json: { status: 200 }, askedAt: '1970-01-01T00:00:05.000Z' },
    });
  });

  it('is measured, and every attempt takes a permit of its weight', async () => {
    const { client, recorded } = open(inTurn(unauthorized, ok));
    await client.get(calls.bookSummary('b'), DEADLINE);
    expect(recorded.measured).toEqual([
      ['Book-summary', 401],
      ['Book-summary', 200],
    ]);
    expect(recorded.taken).toEqual(['heavy', 'heavy']);
  });

  it('takes its permit last, which would expire while a token is fetched', async () => {
    const { client, recorded } = open(ok);
    recorded.tokenFails = new Failure('retry', 'network');
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ code: 'network' });
    expect(recorded.taken).toEqual([]);
  });

  it('ids cannot lead the path elsewhere', async () => {
    const { client, sent } = open(ok);
    await client.get(calls.bookSignals('../../v1/books?x='), DEADLINE);
    expect(sent[0]?.url).toBe('https://api.example/v2/detect/book/..%2F..%2Fv1%2Fbooks%3Fx%3D/signals');
  });
});

describe('a request', () => {
  it('follows no redirect, which would carry the token elsewhere', async () => {
    const { client, sent } = open(ok);
    await client.ask(status, DEADLINE);
    await client.get({ ...status, method: 'POST', body: { a: 1 } }, DEADLINE);
    await client.getSigned('https://bucket.example/x', 'x', DEADLINE, noStream);
    expect(sent.map(({ redirect }) => redirect)).toEqual(['error', 'error', 'error']);
  });

  it.each([
    ['what is left until the deadline', 57_000, 3000],
    ['25 s at most', 0, 25_000],
  ])('may take %s', async (_what, now, timeout) => {
    const { client, recorded } = open(ok);
    recorded.now = now;
    await client.ask(status, DEADLINE);
    expect(recorded.timeouts).toEqual([timeout]);
  });

  it('that changes something has its method and its body as JSON', async () => {
    const { client, sent } = open(ok);
    await client.get({ ...status, method: 'POST', body: { url: 'u' } }, DEADLINE);
    await client.get({ ...status, method: 'DELETE' }, DEADLINE);
    expect(sent).toMatchObject([
      { method: 'POST', body: '{"url":"u"}' },
      { method: 'DELETE', body: '' },
    ]);
    expect(sent[0]?.headers.get('content-type')).toBe('application/json');
  });

  it('is not made when the deadline is over', async () => {
    const { client, sent, recorded } = open(ok);
    recorded.now = DEADLINE;
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'deadline' });
    expect(sent).toEqual([]);
  });
});

describe('a token that is not accepted', () => {
  it.each<[string, () => Response]>([
    ['401', unauthorized],
    ['400/1200', () => json(400, { status: 400, code: 1200 })],
    ['200 with 401 inside', () => json(200, { status: 401 })],
  ])('%s: it is thrown away, and the call repeated with a new one', async (_what, refusal) => {
    const { client, sent, recorded } = open(inTurn(refusal, ok));
    expect((await client.get(status, DEADLINE)).httpStatus).toBe(200);
    expect(recorded.discarded).toEqual(['token-1']);
    expect(recorded.authFailed).toBe(0);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('twice is a refusal and an alarm, not a loop: the credentials may be wrong for days', async () => {
    const { client, sent, recorded } = open(unauthorized);
    expect(await client.ask(status, DEADLINE)).toMatchObject({ kind: 'refused', code: 'auth' });
    expect(sent).toHaveLength(2);
    expect(recorded.authFailed).toBe(1);
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'refused', code: 'auth' });
  });

  it.each(['auth', 'no-credentials'])('or that could not be obtained, for %s, is a refusal', async (code) => {
    const { client, sent, recorded } = open(ok);
    recorded.tokenFails = new Failure('refused', code);
    recorded.now = 7000;
    expect(await client.ask(status, DEADLINE)).toEqual({
      kind: 'refused',
      code,
      askedAt: '1970-01-01T00:00:07.000Z',
    });
    expect(sent).toEqual([]);
    expect(recorded.authFailed).toBe(1);
  });

  it.each([1307, 1308, 1317, 1323, 1398, 1399])(
    '%i: the account is refused, and so is the call',
    async (code) => {
      const { client, sent, recorded } = open(() => json(400, { status: 400, code }));
      expect(await client.ask(status, DEADLINE)).toMatchObject({ kind: 'refused', code: String(code) });
      expect(recorded).toMatchObject({ authFailed: 1, discarded: [] });
      expect(sent).toHaveLength(1);
    },
  );

  it('or that could not be obtained, because the service fails, is a retry', async () => {
    const { client, recorded } = open(ok);
    recorded.tokenFails = new Failure('retry', 'token');
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'token' });
    recorded.tokenFails = new Error('unexpected');
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ class: 'retry' });
  });
});

it.each<[string, () => Response, object]>([
  ['not found', () => json(404, { status: 404, code: 1401 }), { kind: 'refused', code: '1401' }],
  ['forbidden by a proxy', () => json(403, { message: 'Forbidden' }), { kind: 'refused', code: 'http-403' }],
  ['not ready', () => json(425, { status: 425, code: 9004 }), { kind: 'not-yet', code: '9004' }],
  ['about the data', () => json(404, { status: 404, code: 9006 }), { kind: 'permanent', code: '9006' }],
  ['our request is wrong', () => json(400, { status: 400, code: 1103 }), { kind: 'rejected', code: '1103' }],
])('a refusal is an answer, not an exception: %s', async (_what, answer, reply) => {
  const { client, sent, recorded } = open(answer);
  recorded.now = 5000;
  expect(await client.ask(status, DEADLINE)).toEqual({ ...reply, askedAt: '1970-01-01T00:00:05.000Z' });
  expect(sent).toHaveLength(1);
  await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'refused' });
});

describe('a pre-signed address', () => {
  const URL_OF_RESULT = 'https://bucket.example/result?X-Amz-Signature=s';

  it('is asked without our token and without taking a permit', async () => {
    const { client, sent, recorded } = open(() => new Response('[{"a": 1}]'));
    const reply = await client.getSigned(URL_OF_RESULT, 'Book-summary', DEADLINE, noStream);
    expect(reply.kind === 'ok' && String(reply.answer.body)).toBe('[{"a": 1}]');
    expect(sent[0]?.url).toBe(URL_OF_RESULT);
    expect(sent[0]?.headers.has('authorization')).toBe(false);
    expect(sent[0]?.redirect).toBe('error');
    expect(recorded).toMatchObject({ tokensGiven: 0, taken: [] });
  });

  it.each([403, 404])('that has run out (%i): the job is started again, later', async (httpStatus) => {
    const { client } = open(() => new Response('<Error/>', { status: httpStatus }));
    expect(await client.getSigned(URL_OF_RESULT, 'x', DEADLINE, noStream)).toMatchObject({
      kind: 'not-yet',
      code: 'job-expired',
    });
  });

  it.each<[string, () => Response]>([
    ['cut off', () => new Response('{"a":')],
    ['a server error', () => json(503, {})],
    ['an error in JSON', () => json(400, { a: 1 })],
  ])('whose answer is %s is asked again', async (_what, answer) => {
    const { client } = open(answer);
    await expect(client.getSigned(URL_OF_RESULT, 'x', DEADLINE, noStream)).rejects.toMatchObject({
      class: 'retry',
      code: 'job-result',
    });
  });

  const refused = { class: 'retry', code: 'job-result-url' };

  it.each([
    'http://bucket.example/x',
    'HTTP://127.0.0.1/x',
    'ftp://bucket.example/x',
    'file:///etc/passwd',
    'data:application/json,{}',
    'https:',
    'bucket.example/x',
  ])('that is not https is not asked: %s', async (url) => {
    const { client, sent } = open(ok);
    await expect(client.getSigned(url, 'x', DEADLINE, noStream)).rejects.toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it('may be http where the API is, as in the local stack', async () => {
    const { client, sent } = open(ok, 'http://127.0.0.1:4000');
    await client.getSigned('http://127.0.0.1:4000/x', 'x', DEADLINE, noStream);
    await client.getSigned('https://bucket.example/x', 'x', DEADLINE, noStream);
    expect(sent.map(({ url }) => url)).toEqual(['http://127.0.0.1:4000/x', 'https://bucket.example/x']);
    await expect(client.getSigned('file:///etc/passwd', 'x', DEADLINE, noStream)).rejects.toMatchObject(
      refused,
    );
  });
});
