import * as z from 'zod';
import { Failure } from '../failure.ts';

/** An answer as it came: nothing is known of its body but that it is bytes. */
export interface RawAnswer {
  readonly httpStatus: number;
  readonly body: Buffer;
  /** Of the header `Retry-After`, in seconds, where there is one; Ocrolus documents none. */
  readonly retryAfterSeconds?: number | undefined;
}

export type Verdict =
  | { readonly kind: 'ok'; readonly json: unknown }
  /** Get a new token and repeat the call once. */
  | { readonly kind: 'auth' }
  /** `status`: the effective one, of the body or of HTTP. */
  | { readonly kind: 'failure'; readonly failure: Failure; readonly status: number };

const digits = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);
const optional = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);

const ErrorFields = z.looseObject({
  status: optional(digits),
  code: optional(digits),
  meta: optional(z.looseObject({ code: optional(digits) })),
  response: optional(z.looseObject({ status: optional(digits), code: optional(digits) })),
});

const AUTH_CODES = new Set([1200, 1201, 1202, 1203, 1204]);
const LATER_CODES = new Set([1404, 1511, 9004]);
/** 1005: "request verification rate limit exceeded"; 9001: analytics took too long. */
const RETRY_CODES = new Set([1005, 9001]);

/** Ocrolus refuses to compute this synchronously: ask again with `async=true` (ocrolus section 4). */
export const TOO_MANY_TRANSACTIONS = '1100';
export const BOOK_NOT_FOUND = '1401';

/**
 * Tells what an answer means. Ocrolus may answer HTTP 200 with an error in the body, in one spelling or
 * another, so the body decides first (domain reference sections 3 and 4).
 */
export function classify(answer: RawAnswer): Verdict {
  const json = parseJson(answer.body);
  if (json === undefined) return unreadable(answer);
  const fields = ErrorFields.safeParse(json).data;
  const status = effectiveStatus(answer.httpStatus, fields?.status, fields?.response?.status);
  const code = fields?.code ?? fields?.meta?.code ?? fields?.response?.code;
  if (status < 400) return { kind: 'ok', json };
  if (status === 401 || (status === 400 && code !== undefined && AUTH_CODES.has(code)))
    return { kind: 'auth' };
  const text = code === undefined ? `http-${status}` : String(code);
  return failure(failureClass(status, code), text, answer, status);
}

function failureClass(status: number, code: number | undefined): Failure['class'] {
  if (status === 425 || (code !== undefined && LATER_CODES.has(code))) return 'later';
  if (status === 408 || status === 429 || status >= 500 || (code !== undefined && RETRY_CODES.has(code)))
    return 'retry';
  return 'refused';
}

/** A status in the body counts when it says error; `"success"` and `"PENDING"` are none (section 3). */
function effectiveStatus(http: number, ...inBody: (number | undefined)[]): number {
  return inBody.find((status) => status !== undefined && status >= 400 && status < 600) ?? http;
}

/** These mean the same whatever the body says. A 400 may be a bad token or "too early", and only its body tells. */
const PLAIN_REFUSALS = new Set([412, 413, 414, 415]);

/** HTML, empty or cut off: a proxy or a broken connection, unless the status is a clear refusal. */
function unreadable(answer: RawAnswer): Verdict {
  const { httpStatus } = answer;
  if (httpStatus === 401) return { kind: 'auth' };
  const refused = PLAIN_REFUSALS.has(httpStatus);
  if (httpStatus === 425) return failure('later', 'http-425', answer);
  return failure(refused ? 'refused' : 'retry', `http-${httpStatus}-unreadable`, answer);
}

function failure(
  failureClass: Failure['class'],
  code: string,
  answer: RawAnswer,
  status = answer.httpStatus,
): Verdict {
  const { retryAfterSeconds } = answer;
  return { kind: 'failure', failure: new Failure(failureClass, code, { retryAfterSeconds }), status };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
