import { describe, expect, it } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { createOcrolusClient } from '../../shared/ocrolus/client.ts';
import type { RateLimiter, Weight } from '../../shared/ocrolus/rate-limit.ts';
import { type Answering, fakeFetch, json } from './fake-fetch.ts';

const DEADLINE = 60_000;
const status = calls.bookStatus({ bookUuid: 'b' });

function open(answer: Answering) {
  const world = {
    now: 0,
    taken: [] as Weight[],
    pauses: [] as number[],
    pauseFails: false,
    discarded: [] as string[],
    tokensGiven: 0,
    waits: [] as number[],
    told: [] as [string, number][],
    rateLimited: 0,
  };
  const limiter: RateLimiter = {
    take: async (weight) => void world.taken.push(weight),
    pause: async (seconds) => {
      if (world.pauseFails) throw new Error('throttled');
      world.pauses.push(seconds);
    },
  };
  const { send, sent } = fakeFetch(answer);
  const client = createOcrolusClient({
    apiUrl: 'https://api.example',
    tokens: {
      get: async () => {
        world.tokensGiven += 1;
        return `token-${world.tokensGiven}`;
      },
      discard: (token) => void world.discarded.push(token),
    },
    limiter,
    fetch: send,
    now: () => world.now,
    wait: async (milliseconds) => {
      world.waits.push(milliseconds);
      world.now += milliseconds;
    },
    onRateLimited: () => {
      world.rateLimited += 1;
    },
    onAnswer: (operation, httpStatus) => void world.told.push([operation, httpStatus]),
  });
  return { world, client, sent };
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
    const { client, sent, world } = open(() => new Response(text));
    world.now = 5_000;
    const answer = await client.get(status, DEADLINE);
    expect(answer.body.toString()).toBe(text);
    expect(answer).toMatchObject({ operation: 'book-status', httpStatus: 200 });
    expect(answer.askedAt).toBe('1970-01-01T00:00:05.000Z');
    expect(sent[0]).toMatchObject({ method: 'GET', url: 'https://api.example/v1/book/status?book_uuid=b' });
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it('is told for metrics, and every attempt takes a place of its weight', async () => {
    const { client, world } = open(inTurn(unauthorized, ok));
    await client.get(calls.bookSummary('b'), DEADLINE);
    expect(world.told).toEqual([
      ['Book-summary', 401],
      ['Book-summary', 200],
    ]);
    expect(world.taken).toEqual(['heavy', 'heavy']);
  });

  it('ids cannot lead the path elsewhere', async () => {
    const { client, sent } = open(ok);
    await client.get(calls.bookSignals('../../v1/books?x='), DEADLINE);
    expect(sent[0]?.url).toBe('https://api.example/v2/detect/book/..%2F..%2Fv1%2Fbooks%3Fx%3D/signals');
  });
});

describe('a token that is not accepted', () => {
  it.each<[string, () => Response]>([
    ['401', unauthorized],
    ['400/1200', () => json(400, { status: 400, code: 1200 })],
    ['200 with 401 inside', () => json(200, { status: 401 })],
  ])('%s: it is thrown away, and the call repeated with a new one', async (_what, refusal) => {
    const { client, sent, world } = open(inTurn(refusal, ok));
    expect((await client.get(status, DEADLINE)).httpStatus).toBe(200);
    expect(world.discarded).toEqual(['token-1']);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('twice is an alarm, not a loop', async () => {
    const { client, sent } = open(unauthorized);
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'auth' });
    expect(sent).toHaveLength(2);
  });
});

describe('429', () => {
  it.each<[string, () => Response]>([
    ['by HTTP', () => new Response('', { status: 429 })],
    ['in the body', () => json(200, { status: 429, message: 'slow down' })],
    ['in the body with a code', () => json(200, { status: 429, code: 429 })],
  ])('%s: everybody pauses, and the call is repeated', async (_what, refusal) => {
    const { client, world } = open(inTurn(refusal, refusal, ok));
    expect((await client.get(status, DEADLINE)).httpStatus).toBe(200);
    expect(world.pauses).toEqual([1, 1]);
    expect(world.rateLimited).toBe(2);
    expect(world.waits).toHaveLength(2);
    for (const milliseconds of world.waits) {
      expect(milliseconds).toBeGreaterThanOrEqual(500);
      expect(milliseconds).toBeLessThan(1500);
    }
  });

  it('three times is a failure', async () => {
    const { client, sent, world } = open(() => json(429, {}));
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'http-429' });
    expect(sent).toHaveLength(3);
    expect(world.pauses).toEqual([1, 1, 1]);
  });

  it('is the failure, where nobody could be told to pause', async () => {
    const { client, sent, world } = open(() => json(429, {}, { 'retry-after': '5' }));
    world.pauseFails = true;
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({
      code: 'http-429',
      retryAfterSeconds: 5,
    });
    expect(sent).toHaveLength(1);
  });

  it('Retry-After is kept to', async () => {
    const { client, world } = open(inTurn(() => json(429, {}, { 'retry-after': '10' }), ok));
    await client.get(status, DEADLINE);
    expect(world.pauses).toEqual([10]);
  });

  it('with a Retry-After beyond the deadline is a failure at once, that says when to come back', async () => {
    const { client, sent, world } = open(() => json(429, {}, { 'retry-after': '61' }));
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ retryAfterSeconds: 61 });
    expect(sent).toHaveLength(1);
    expect(world.waits).toEqual([]);
    // The others keep to it all the same.
    expect(world.pauses).toEqual([61]);
  });

  it.each(['Wed, 21 Oct 2026 07:28:00 GMT', '-1', '1.5', '', '999999'])(
    'a Retry-After of %j is none',
    async (header) => {
      const { client, world } = open(inTurn(() => json(429, {}, { 'retry-after': header }), ok));
      await client.get(status, DEADLINE);
      expect(world.pauses).toEqual([1]);
    },
  );
});

describe('a failure', () => {
  it.each<[string, Answering, object]>([
    ['permanent', () => json(404, { status: 404, code: 1401 }), { class: 'refused', code: '1401' }],
    ['not ready', () => json(425, { status: 425, code: 9004 }), { class: 'later', code: '9004' }],
    ['server', () => json(500, {}), { class: 'retry', code: 'http-500' }],
    ['cut off', () => new Response('{"status":200,'), { class: 'retry', code: 'http-200-unreadable' }],
    [
      'no connection',
      () => Promise.reject(new TypeError('fetch failed')),
      { class: 'retry', code: 'network' },
    ],
  ])('%s has its class, and is not repeated here', async (_what, answer, failure) => {
    const { client, sent } = open(answer);
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject(failure);
    expect(sent).toHaveLength(1);
  });

  it('a deadline that is over: nothing is sent', async () => {
    const { client, sent, world } = open(ok);
    world.now = DEADLINE;
    await expect(client.get(status, DEADLINE)).rejects.toMatchObject({ class: 'retry', code: 'deadline' });
    expect(sent).toEqual([]);
  });
});

describe('a pre-signed address', () => {
  const URL_OF_RESULT = 'https://bucket.example/result?X-Amz-Signature=s';

  it('is asked without our token and without taking a place', async () => {
    const { client, sent, world } = open(() => new Response('[{"a": 1}]'));
    const answer = await client.getSigned(URL_OF_RESULT, 'Book-summary', DEADLINE);
    expect(answer.body.toString()).toBe('[{"a": 1}]');
    expect(sent[0]?.url).toBe(URL_OF_RESULT);
    expect(sent[0]?.headers.has('authorization')).toBe(false);
    expect(world).toMatchObject({ tokensGiven: 0, taken: [] });
  });

  it.each<[string, () => Response, object]>([
    [
      'expired: the job is started anew, later',
      () => new Response('<Error/>', { status: 403 }),
      { class: 'later', code: 'job-expired', jobs: undefined },
    ],
    ['cut off: retry', () => new Response('{"a":'), { class: 'retry', code: 'job-result' }],
  ])('%s', async (_what, answer, failure) => {
    const { client } = open(answer);
    await expect(client.getSigned(URL_OF_RESULT, 'x', DEADLINE)).rejects.toMatchObject(failure);
  });
});
