import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { Call, Change } from './calls.ts';
import { classify, type RawAnswer } from './classify.ts';
import type { Lane, RateLimiter } from './rate-limit.ts';
import type { TokenSource } from './token.ts';

/** An answer without error. */
export interface Answer {
  readonly operation: string;
  /** Exactly as received. */
  readonly body: Buffer;
  /** The body, parsed; integers beyond 2^53 have lost digits here, so ids are never read from it. */
  readonly json: unknown;
  readonly httpStatus: number;
  /** ISO 8601: when the request started. Orders observations. */
  readonly askedAt: string;
}

export interface OcrolusClient {
  /**
   * Asks Ocrolus.
   *
   * @param deadline Unix milliseconds by which the answer must be here.
   * @param lane of the rate limit; `bulk` when absent.
   * @throws Failure of whatever class the answer means (domain reference section 4); `retry` for the network.
   */
  get(call: Call, deadline: number, lane?: Lane): Promise<Answer>;
  /** Changes something at Ocrolus; otherwise like `get`. After `network` it is not known whether it was done. */
  send(call: Change, deadline: number): Promise<Answer>;
  /** Fetches the result of an asynchronous job from its pre-signed URL: without our token (section 11). */
  getSigned(url: string, operation: string, deadline: number): Promise<Answer>;
}

/** Longest wait for one answer; the largest are some hundred KB. */
const CALL_TIMEOUT_MS = 25_000;
/** A 429 is waited out inside the call this often before it becomes a failure. */
const RATE_LIMIT_TRIES = 3;
const RATE_LIMIT_PAUSE_SECONDS = 1;

export function createOcrolusClient(options: {
  readonly apiUrl: string;
  readonly tokens: TokenSource;
  readonly limiter: RateLimiter;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Told of every answer: for metrics. */
  readonly onAnswer?: (operation: string, httpStatus: number, milliseconds: number) => void;
  /** Told of every 429, whether by HTTP or in the body: for metrics. */
  readonly onRateLimited?: () => void;
}): OcrolusClient {
  const { apiUrl, tokens, limiter, fetch: send = fetch, onAnswer } = options;
  const { now = Date.now, wait = delay, random = Math.random } = options;

  const request = async (url: URL, init: RequestInit, operation: string, deadline: number) => {
    const startedAt = now();
    const timeout = Math.min(CALL_TIMEOUT_MS, deadline - startedAt);
    if (timeout <= 0) throw new Failure('retry', 'deadline');
    try {
      const response = await send(url, { ...init, signal: AbortSignal.timeout(timeout), redirect: 'error' });
      const body = Buffer.from(await response.arrayBuffer());
      onAnswer?.(operation, response.status, now() - startedAt);
      const answer: RawAnswer = {
        httpStatus: response.status,
        body,
        retryAfterSeconds: readRetryAfter(response.headers.get('retry-after')),
      };
      return { answer, askedAt: new Date(startedAt).toISOString() };
    } catch (cause) {
      throw new Failure('retry', 'network', { cause });
    }
  };

  const attempt = async (call: Call | Change, deadline: number, lane: Lane | undefined) => {
    await limiter.take(call.weight, deadline, lane);
    const token = await tokens.get();
    const { answer, askedAt } = await request(
      urlOf(apiUrl, call),
      initOf(call, token),
      call.operation,
      deadline,
    );
    const verdict = classify(answer);
    if (verdict.kind === 'auth') tokens.discard(token);
    return { answer, askedAt, verdict };
  };

  /** Whether or not this call itself can wait so long: the others must hear of it. */
  const pauseAll = async (seconds: number): Promise<boolean> => {
    try {
      await limiter.pause(seconds);
      return true;
    } catch {
      return false;
    }
  };

  const ask = async (call: Call | Change, deadline: number, lane?: Lane): Promise<Answer> => {
    let authRepeated = false;
    for (let rateLimited = 0; ; ) {
      const { answer, askedAt, verdict } = await attempt(call, deadline, lane);
      if (verdict.kind === 'ok') {
        const { httpStatus, body } = answer;
        return { operation: call.operation, body, json: verdict.json, httpStatus, askedAt };
      }
      if (verdict.kind === 'auth') {
        // A second refusal is an alarm, not a loop (domain reference section 4).
        if (authRepeated) throw new Failure('retry', 'auth');
        authRepeated = true;
        continue;
      }
      // Ocrolus may say it in the body of an HTTP 200 (domain reference section 3).
      const isRateLimit = answer.httpStatus === 429 || verdict.status === 429;
      if (isRateLimit) options.onRateLimited?.();
      if (!isRateLimit) throw verdict.failure;
      const pause = verdict.failure.retryAfterSeconds ?? RATE_LIMIT_PAUSE_SECONDS;
      const isPaused = await pauseAll(pause);
      rateLimited += 1;
      const isTooLate = rateLimited >= RATE_LIMIT_TRIES || now() + pause * 1000 > deadline;
      if (isTooLate || !isPaused) throw verdict.failure;
      // Jitter, so that those who were refused together do not come back together.
      await wait(pause * 1000 * (1 + random() / 2));
    }
  };

  return {
    get: ask,
    send: ask,
    async getSigned(url, operation, deadline) {
      const { answer, askedAt } = await request(new URL(url), {}, operation, deadline);
      const json = parse(answer.body);
      // The link has run out: the job is started anew.
      if (answer.httpStatus === 403 || answer.httpStatus === 404) throw new Failure('later', 'job-expired');
      if (answer.httpStatus !== 200 || json === undefined) throw new Failure('retry', 'job-result');
      return { operation, body: answer.body, json, httpStatus: 200, askedAt };
    },
  };
}

function initOf(call: Call | Change, token: string): RequestInit {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (!('method' in call)) return { headers };
  const { method, body } = call;
  if (body === undefined) return { method, headers };
  // A form brings its own content type, with its boundary.
  if (body instanceof FormData) return { method, headers, body };
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function urlOf(apiUrl: string, call: Call): URL {
  const url = new URL(call.path, apiUrl);
  for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
  return url;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function readRetryAfter(header: string | null): number | undefined {
  if (header === null || !/^\d{1,5}$/.test(header)) return undefined;
  return Number(header);
}
