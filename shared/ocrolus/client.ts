import { parseJson } from '../events/json.ts';
import { isOfCredentials } from '../events/statuses.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';
import { MAX_PAUSE_SECONDS, type RateLimiter } from '../rate-limit/limiter.ts';
import { iso } from '../time.ts';
import type { Call, Change } from './calls.ts';
import { classify, type Refusal } from './classify.ts';
import { classifyFile, mediaTypeOf } from './files.ts';
import type { Negotiation } from './negotiated.ts';
import { askForRows } from './page-size.ts';
import { type OutgoingRequest, type Receive, requestAnswer } from './read-answer.ts';
import type { TokenSource } from './token.ts';

/** An answer without error. `Body` is the type of a body, which may be too large for memory. */
export interface Answer<Body = Buffer> {
  readonly operation: string;
  /** Exactly as received. */
  readonly body: Body;
  /**
   * The parsed body, or the outline of a large one. Integers beyond 2^53 have lost digits, so ids are never read from
   * it. `undefined`: a file.
   */
  readonly json: unknown;
  /** Media type of a file, as Ocrolus names it; absent from JSON. */
  readonly contentType?: string;
  readonly httpStatus: number;
  /** Start of the request, in ISO 8601. Orders observations. */
  readonly askedAt: string;
  /** Number of rows that were asked for, of a call with a `limit`: fewer than the caller's if Ocrolus refuses those. */
  readonly limit?: number;
}

/** Reply of Ocrolus: an answer, or a refusal that the caller must handle. */
export type Reply<Body = Buffer> =
  | { readonly kind: 'ok'; readonly answer: Answer<Body> }
  | (Refusal & { readonly askedAt: string });

export interface OcrolusClient {
  /**
   * Makes a call whose answer has a limited size (8 MB).
   *
   * @param deadline Unix milliseconds by which the answer must have arrived.
   * @throws Failure `retry` for passing faults: network, server errors, throttling, no permit in time.
   */
  ask(call: Call | Change, deadline: number): Promise<Reply>;
  /** As `ask`, for a result of any size. @param receive takes a body of more than 64 KB, which is never an error. */
  fetch<Large>(call: Call, deadline: number, receive: Receive<Large>): Promise<Reply<Buffer | Large>>;
  /**
   * As `ask`, for callers that need an answer. After `network`, a change may or may not have been made.
   *
   * @throws also Failure `refused`.
   */
  get(call: Call | Change, deadline: number): Promise<Answer>;
  /**
   * As `fetch`, for the result of an asynchronous job at its pre-signed URL: sent without the token
   * (docs/ocrolus.md#asynchronous-jobs). Only `https:`, unless the API itself uses `http:`.
   *
   * @throws Failure `retry`, code `job-result-url` for another URL, `job-result` for an unusable answer.
   */
  getSigned<Large>(
    url: string,
    operation: string,
    deadline: number,
    receive: Receive<Large>,
  ): Promise<Reply<Buffer | Large>>;
}

/** Why there is no token: Ocrolus refuses the credentials, or its service for tokens does not work. */
export type NoToken = 'credentials' | 'unavailable';

/** Number of 429 answers after which a call fails. */
const RATE_LIMIT_TRIES = 3;
const RATE_LIMIT_PAUSE_SECONDS = 1;

export function createOcrolusClient(options: {
  readonly apiUrl: string;
  readonly tokens: TokenSource;
  readonly limiter: RateLimiter;
  /** Remembers which numbers of rows are accepted. */
  readonly negotiation?: Negotiation | undefined;
  readonly ports: Pick<Ports, 'fetch' | 'now' | 'wait' | 'random' | 'timeout'>;
  /** Called with every answer: for metrics. */
  readonly onAnswer?: (operation: string, httpStatus: number, milliseconds: number) => void;
  /** Called with every 429, whether by HTTP or in the body: for metrics. */
  readonly onRateLimited?: () => void;
  /**
   * Called when neither the token nor its replacement was accepted, none could be obtained, or the account itself is
   * refused: for metrics.
   */
  readonly onNoToken?: (cause: NoToken) => void;
}): OcrolusClient {
  const { apiUrl, tokens, limiter, negotiation, ports, onAnswer, onRateLimited, onNoToken } = options;
  // Results may be unencrypted only if the API is: in the local stack.
  const resultProtocols = ['https:', new URL(apiUrl).protocol];

  const request = async <Large>(operation: string, sent: OutgoingRequest, receive?: Receive<Large>) => {
    const startedAt = ports.now();
    const answer = await requestAnswer(ports, sent, receive);
    onAnswer?.(operation, answer.httpStatus, ports.now() - startedAt);
    const retryAfterSeconds = readRetryAfter(answer.headers.get('retry-after'));
    return { ...answer, retryAfterSeconds, askedAt: iso(startedAt) };
  };

  const exchangeOnce = async <Large>(
    call: Call | Change,
    deadline: number,
    receive: Receive<Large> | undefined,
  ): Promise<Reply<Buffer | Large>> => {
    let authRepeated = false;
    for (let throttled = 0; ; ) {
      const token = await takeToken(tokens, ports.now, onNoToken);
      if (typeof token !== 'string') return token;
      // Taken last, because a permit expires.
      await limiter.take(call.weight, deadline);
      const { operation } = call;
      const sent = { url: urlOf(apiUrl, call), init: initOf(call, token), deadline };
      const answer = await request(operation, sent, receive);
      const { httpStatus, body, askedAt, headers } = answer;
      const limit = call.query?.limit;
      const asked = {
        ...{ operation, httpStatus, askedAt },
        ...(limit !== undefined && { limit: Number(limit) }),
        ...(call.isFile === true && { contentType: mediaTypeOf(headers.get('content-type')) }),
      };
      if (!answer.isWhole) return { kind: 'ok', answer: { ...asked, body, json: answer.json } };
      const verdict = (call.isFile === true ? classifyFile : classify)(answer, call.notEnabledCode);
      switch (verdict.kind) {
        case 'ok':
          return { kind: 'ok', answer: { ...asked, body, json: verdict.json } };
        case 'auth':
          tokens.discard(token);
          // Repeated only once: the credentials may be wrong for days (docs/ocrolus.md#error-codes).
          if (authRepeated) {
            onNoToken?.('credentials');
            return { kind: 'refused', code: 'auth', askedAt };
          }
          authRepeated = true;
          break;
        case 'throttled': {
          onRateLimited?.();
          throttled += 1;
          const pause = answer.retryAfterSeconds ?? RATE_LIMIT_PAUSE_SECONDS;
          // Even if this call cannot wait that long, the others must learn about the pause.
          const isPaused = await limiter.pause(pause).then(
            () => true,
            () => false,
          );
          const isTooLate = throttled >= RATE_LIMIT_TRIES || ports.now() + pause * 1000 > deadline;
          if (isTooLate || !isPaused) throw new Failure('retry', 'http-429', { retryAfterSeconds: pause });
          // Jitter, so that calls refused together are not repeated together.
          await ports.wait(pause * 1000 * (1 + ports.random() / 2));
          break;
        }
        case 'failed':
          throw new Failure('retry', verdict.code, { retryAfterSeconds: answer.retryAfterSeconds });
        default:
          if (isOfCredentials(verdict)) onNoToken?.('credentials');
          return { ...verdict, askedAt };
      }
    }
  };

  const exchange = <Large = never>(
    call: Call | Change,
    deadline: number,
    receive?: Receive<Large>,
  ): Promise<Reply<Buffer | Large>> =>
    askForRows(call, negotiation, (sent) => exchangeOnce(sent, deadline, receive));

  const demand = async (call: Call | Change, deadline: number): Promise<Answer> => {
    const reply = await exchange(call, deadline);
    if (reply.kind !== 'ok') throw new Failure('refused', reply.code);
    return reply.answer;
  };

  return {
    ask: (call, deadline) => exchange(call, deadline),
    fetch: exchange,
    get: demand,
    async getSigned(url, operation, deadline, receive) {
      const address = URL.canParse(url) ? new URL(url) : undefined;
      if (address === undefined || !resultProtocols.includes(address.protocol)) {
        throw new Failure('retry', 'job-result-url');
      }
      const answer = await request(operation, { url: address, init: {}, deadline }, receive);
      const { httpStatus, body, askedAt } = answer;
      // The link has expired: the job is started again.
      if (httpStatus === 403 || httpStatus === 404) return { kind: 'not-yet', code: 'job-expired', askedAt };
      const json = answer.isWhole ? parseJson(answer.body.toString('utf8')) : answer.json;
      if (httpStatus !== 200 || json === undefined) throw new Failure('retry', 'job-result');
      return { kind: 'ok', answer: { operation, body, json, httpStatus, askedAt } };
    },
  };
}

/** @returns a token, or the refusal of the credentials. @throws Failure `retry` */
async function takeToken(
  tokens: TokenSource,
  now: () => number,
  onNoToken: ((cause: NoToken) => void) | undefined,
): Promise<string | Reply> {
  try {
    return await tokens.get();
  } catch (error) {
    const failure = asFailure(error);
    onNoToken?.(failure.class === 'refused' ? 'credentials' : 'unavailable');
    if (failure.class !== 'refused') throw failure;
    return { kind: 'refused', code: failure.code, askedAt: iso(now()) };
  }
}

function initOf(call: Call | Change, token: string): RequestInit {
  const accept = call.isFile === true ? '*/*' : 'application/json';
  const headers = { authorization: `Bearer ${token}`, accept };
  if (!('method' in call)) return { headers };
  const { method, body } = call;
  if (body === undefined) return { method, headers };
  // A form sets its own content type, with its boundary.
  if (body instanceof FormData) return { method, headers, body };
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function urlOf(apiUrl: string, call: Call): URL {
  const url = new URL(call.path, apiUrl);
  for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value);
  return url;
}

function readRetryAfter(header: string | null): number | undefined {
  if (header === null || !/^\d{1,9}$/.test(header)) return undefined;
  return Math.min(Number(header), MAX_PAUSE_SECONDS);
}
