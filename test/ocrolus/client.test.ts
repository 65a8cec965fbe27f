import { describe, expect, it } from 'vitest';
import { asFailure, Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { createOcrolusClient } from '../../shared/ocrolus/client.ts';
import type { RateLimiter, Weight } from '../../shared/rate-limit/limiter.ts';
import { type Answering, fakeFetch, json } from './testing/fake-fetch.ts';

const DEADLINE = 60_000;
const noStream = () => Promise.reject(new Error('nothing here is large'));
const status = calls.bookStatus({ bookUuid: 'b' });

function open(answer: Answering, apiUrl = 'https://api.example') {
  const recorded = {
    now: 0,
    taken: [] as Weight[],
    takeFails: undefined as Error | undefined,
    pauses: [] as number[],
    pauseFails: false,
    discarded: [] as string[],
    tokensGiven: 0,
    tokenFails: undefined as Error | undefined,
    waits: [] as number[],
    timeouts: [] as number[],
    measured: [] as [string, number][],
    rateLimited: 0,
    authFailed: 0,
  };
  const limiter: RateLimiter = {
    take: async (weight) => {
      if (recorded.takeFails !== undefined) throw recorded.takeFails;
      recorded.taken.push(weight);
    },
    pause: async (seconds) => {
      if (recorded.pauseFails) throw new Error('throttled');
      recorded.pauses.push(seconds);
    },
  };
  const { send, sent } = fakeFetch(answer);
  const client = createOcrolusClient({
    apiUrl,
    tokens: {
      get: async () => {
        if (recorded.tokenFails !== undefined) throw recorded.tokenFails;
        recorded.tokensGiven += 1;
        return `token-${recorded.tokensGiven}`;
      },
      discard: (token) => void recorded.discarded.push(token),
    },
    limiter,
    ports: {
      fetch: send,
      now: () => recorded.now,
      random: () => 0.5,
      timeout: (milliseconds) => {
        recorded.timeouts.push(milliseconds);
        return new AbortController().signal;
      },
      wait: async (milliseconds) => {
        recorded.waits.push(milliseconds);
        recorded.now += milliseconds;
      },
    },
    onRateLimited: () => {
      recorded.rateLimited += 1;
    },
    onAuthFailed: () => {
      recorded.authFailed += 1;
    },
    onAnswer: (operation, httpStatus) => void recorded.measured.push([operation, httpStatus]),
  });
  return { recorded, client, sent };
}

const ok = () => json(200, { status: 200, response: { a: 1 } });
const unauthorized = () => json(401, { message: 'Unauthorized' });
/** Answers in turn; the last one stays. */
const inTurn = (...answers: (() => Response)[]): Answering => {
  return (_, index) => (answers[index] ?? answers.at(-1) ?? ok)();
};

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
    await client.send({ ...status, method: 'POST', body: { a: 1 } }, DEADLINE);
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
    await client.send({ ...status, method: 'POST', body: { url: 'u' } }, DEADLINE);
    await client.send({ ...status, method: 'DELETE' }, DEADLINE);
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

  it.each(['auth', 'no-credentials'])(
    'or that could not be obtained, for %s, is a refusal: nothing is sent',
    async (code) => {
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

describe('a refusal is an answer, not an exception', () => {
  it.each<[string, () => Response, object]>([
    ['not found', () => json(404, { status: 404, code: 1401 }), { kind: 'refused', code: '1401' }],
    [
      'forbidden by a proxy',
      () => json(403, { message: 'Forbidden' }),
      { kind: 'refused', code: 'http-403' },
    ],
    ['not ready', () => json(425, { status: 425, code: 9004 }), { kind: 'not-yet', code: '9004' }],
    ['about the data', () => json(404, { status: 404, code: 9006 }), { kind: 'permanent', code: '9006' }],
    [
      'our request is wrong',
      () => json(400, { status: 400, code: 1103 }),
      { kind: 'rejected', code: '1103' },
    ],
  ])('%s', async (_what, answer, reply) => {
    const { client, sent, recorded } = open(answer);
    recorded.now = 5000;
    expect(await client.ask(status, DEADLINE)).toEqual({ ...reply, askedAt: '1970-01-01T00:00:05.000Z' });
    expect(sent).toHaveLength(1);
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'refused' });
  });
});

describe('429', () => {
  it.each<[string, () => Response]>([
    ['by HTTP', () => new Response('', { status: 429 })],
    ['by HTTP, as HTML', () => new Response('<html>', { status: 429 })],
    ['by HTTP, with a body that says otherwise', () => json(429, { status: 404, code: 1401 })],
    ['in the body', () => json(200, { status: 429, message: 'slow down' })],
    ['in the body with a code', () => json(200, { status: 429, code: 9006 })],
    ['as code 1005', () => json(400, { status: 400, code: 1005 })],
  ])('%s: everybody pauses, and the call is repeated', async (_what, refusal) => {
    const { client, recorded } = open(inTurn(refusal, refusal, ok));
    expect((await client.get(status, DEADLINE)).httpStatus).toBe(200);
    expect(recorded.pauses).toEqual([1, 1]);
    expect(recorded.rateLimited).toBe(2);
    expect(recorded.waits).toEqual([1250, 1250]);
  });

  it.each<[string, () => Response]>([
    ['by HTTP', () => json(429, {})],
    ['with a code', () => json(429, { status: 404, code: 9006 })],
    ['in the body with a code', () => json(200, { status: 429, code: 1401 })],
  ])('three times is a failure, always with the code of throttling: %s', async (_what, answer) => {
    const { client, sent, recorded } = open(answer);
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'http-429' });
    expect(sent).toHaveLength(3);
    expect(recorded.pauses).toEqual([1, 1, 1]);
  });

  it('is the failure, where the pause could not be shared', async () => {
    const { client, sent, recorded } = open(() => json(429, {}, { 'retry-after': '5' }));
    recorded.pauseFails = true;
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({
      code: 'http-429',
      retryAfterSeconds: 5,
    });
    expect(sent).toHaveLength(1);
  });

  it('Retry-After is kept to', async () => {
    const { client, recorded } = open(inTurn(() => json(429, {}, { 'retry-after': '10' }), ok));
    await client.ask(status, DEADLINE);
    expect(recorded.pauses).toEqual([10]);
    expect(recorded.waits).toEqual([12_500]);
  });

  it.each(['61', '3600', '999999'])('a Retry-After of %s s is cut to a minute', async (header) => {
    const { client, recorded } = open(inTurn(() => json(429, {}, { 'retry-after': header }), ok));
    await client.ask(status, 1_000_000);
    expect(recorded.pauses).toEqual([60]);
    expect(recorded.waits).toEqual([75_000]);
  });

  it('with a Retry-After beyond the deadline is a failure at once, that says when to come back', async () => {
    const { client, sent, recorded } = open(() => json(429, {}, { 'retry-after': '31' }));
    await expect(client.ask(status, 30_000)).rejects.toMatchObject({ retryAfterSeconds: 31 });
    expect(sent).toHaveLength(1);
    expect(recorded.waits).toEqual([]);
    // The others keep to it anyway.
    expect(recorded.pauses).toEqual([31]);
  });

  it.each(['Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1.5', ''])(
    'a Retry-After of %j is none',
    async (header) => {
      const { client, recorded } = open(inTurn(() => json(429, {}, { 'retry-after': header }), ok));
      await client.ask(status, DEADLINE);
      expect(recorded.pauses).toEqual([1]);
    },
  );
});

describe('a failure', () => {
  it.each<[string, Answering, string]>([
    ['server', () => json(500, {}), 'http-500'],
    ['gateway', () => new Response('<html>', { status: 502 }), 'http-502-unreadable'],
    ['cut off', () => new Response('{"status":200,'), 'http-200-unreadable'],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'network'],
  ])('%s is a retry, and is not repeated here', async (_what, answer, code) => {
    const { client, sent } = open(answer);
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({
      name: 'Failure',
      class: 'retry',
      code,
    });
    expect(sent).toHaveLength(1);
  });

  it('whose answer breaks off is one of the network', async () => {
    const broken = new ReadableStream({
      start: (controller) => controller.error(new Error('reset')),
    });
    const { client } = open(() => new Response(broken));
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'network' });
  });

  it('says when to come back, within a minute', async () => {
    const { client } = open(() => json(503, {}, { 'retry-after': '3600' }));
    await expect(client.ask(status, DEADLINE)).rejects.toMatchObject({
      code: 'http-503',
      retryAfterSeconds: 60,
    });
  });

  it.each([
    ['no permit', new Failure('retry', 'rate-limit', { retryAfterSeconds: 9 }), 'rate-limit'],
    ['no bucket', new Failure('retry', 'rate-limit-store'), 'rate-limit-store'],
    ['something of AWS', Object.assign(new Error('x'), { name: 'KmsFailure' }), 'KmsFailure'],
  ])('of the limiter (%s) is passed on: a retry, and nothing is sent', async (_what, failure, code) => {
    const { client, sent, recorded } = open(ok);
    recorded.takeFails = failure;
    const thrown: unknown = await client.ask(status, DEADLINE).catch((error: unknown) => error);
    expect(asFailure(thrown)).toMatchObject({ class: 'retry', code });
    expect(sent).toEqual([]);
  });
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
