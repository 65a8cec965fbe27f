import { describe, expect, it } from 'vitest';
import { asFailure, Failure } from '../../../shared/failure.ts';
import { type Answering, json } from './testing/fake-fetch.ts';
import { DEADLINE, inTurn, ok, open, status } from './testing/open-client.ts';

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

  it('three times is a failure, with the code of throttling whatever the body says', async () => {
    const { client, sent, recorded } = open(() => json(429, { status: 404, code: 9006 }));
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

  it('with a Retry-After beyond the deadline fails at once, with the time to wait', async () => {
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

  it('carries the time to wait, at most a minute', async () => {
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
