import { parseJson } from '../events/json.ts';

/** An answer as received, with an unparsed body. */
export interface RawAnswer {
  readonly httpStatus: number;
  readonly body: Buffer;
}

/**
 * Meaning of an answer for the requested result (docs/design.md#what-an-answer-means). `code` is short and has few
 * values.
 */
export type Verdict =
  | { readonly kind: 'ok'; readonly json: unknown }
  /** Get a new token and repeat the call once. */
  | { readonly kind: 'auth' }
  /** Too many calls, of this organization or of this Lambda. */
  | { readonly kind: 'throttled'; readonly code: string }
  /** A passing fault of Ocrolus, or of something between Ocrolus and this code. */
  | { readonly kind: 'failed'; readonly code: string }
  | Refusal;

/** An answer without a result that is no fault. */
export interface Refusal {
  /**
   * - `not-yet`: Ocrolus is still working on it.
   * - `refused`: possibly a proxy, wrong credentials, a race or a missing product; asked again, slowly.
   * - `permanent`: Ocrolus says something about the data.
   * - `rejected`: the request is wrong; treated as `refused`, with an alarm.
   */
  readonly kind: 'not-yet' | 'refused' | 'permanent' | 'rejected';
  readonly code: string;
}

// Codes and their meaning: docs/ocrolus.md#error-codes.
const AUTH_CODES = new Set([1200, 1201, 1202, 1203, 1204]);
const NOT_YET_CODES = new Set([1404, 1511, 9004]);
/** The only codes that concern the data; any other refusal may pass. */
const PERMANENT_CODES = new Set([9002, 9003, 9006]);
/** Faults of Ocrolus's servers, although their status is 400. */
const FAILED_CODES = new Set([1500, 1513, 2300, 2401, 2500, 9104]);
const REJECTED_CODES = new Set([1002, 1003, 1103]);
const REJECTED_STATUSES = new Set([412, 413, 414, 415]);
/** "Request verification rate limit exceeded". */
const THROTTLED_CODE = 1005;

/** Ocrolus refuses synchronous computation: the call is repeated with `async=true` (docs/ocrolus.md#error-codes). */
export const TOO_MANY_TRANSACTIONS = '1100';
/** The computation of analytics took too long (docs/ocrolus.md#error-codes). */
export const TOOK_TOO_LONG = '9001';

/**
 * Classifies an answer. Ocrolus may answer HTTP 200 with an error in the body, in one spelling or another, so the
 * body decides first; a 429 is throttling, with any body (docs/ocrolus.md#effective-status).
 *
 * @param notEnabledCode code of this call that refuses the product and does not concern the credentials.
 */
export function classify(answer: RawAnswer, notEnabledCode?: number): Verdict {
  const { httpStatus } = answer;
  if (httpStatus === 429) return { kind: 'throttled', code: 'http-429' };
  const json = parseJson(answer.body.toString('utf8'));
  if (json === undefined) return unreadable(httpStatus);
  const { status: ownStatus, code: ownCode, meta, response } = fieldsOf(json);
  const inResponse = fieldsOf(response);
  const status = effectiveStatus(httpStatus, digitsOf(ownStatus), digitsOf(inResponse.status));
  const code = digitsOf(ownCode) ?? digitsOf(fieldsOf(meta).code) ?? digitsOf(inResponse.code);
  if (status < 400) return { kind: 'ok', json };
  if (code !== undefined && code === notEnabledCode) return { kind: 'refused', code: String(code) };
  return classifyError(status, code);
}

function classifyError(status: number, code: number | undefined): Verdict {
  const text = code === undefined ? `http-${status}` : String(code);
  const is = (codes: ReadonlySet<number>) => code !== undefined && codes.has(code);
  if (status === 429 || code === THROTTLED_CODE) return { kind: 'throttled', code: text };
  if (status === 401 || (status === 400 && is(AUTH_CODES))) return { kind: 'auth' };
  if (status === 425 || is(NOT_YET_CODES)) return { kind: 'not-yet', code: text };
  if (status === 408 || status >= 500 || is(FAILED_CODES)) return { kind: 'failed', code: text };
  if (is(PERMANENT_CODES)) return { kind: 'permanent', code: text };
  if (is(REJECTED_CODES) || REJECTED_STATUSES.has(status)) return { kind: 'rejected', code: text };
  return { kind: 'refused', code: text };
}

/**
 * Counts a status in the body if it is an error; `"success"` and `"PENDING"` are none
 * (docs/ocrolus.md#effective-status).
 */
function effectiveStatus(http: number, ...inBody: (number | undefined)[]): number {
  return inBody.find((status) => status !== undefined && status >= 400 && status < 600) ?? http;
}

/** Classifies HTML, empty and truncated answers: a proxy or a broken connection, unless the status is clear. */
function unreadable(httpStatus: number): Verdict {
  const code = `http-${httpStatus}-unreadable`;
  if (httpStatus === 401) return { kind: 'auth' };
  if (httpStatus === 425) return { kind: 'not-yet', code: 'http-425' };
  if (REJECTED_STATUSES.has(httpStatus)) return { kind: 'rejected', code };
  return { kind: 'failed', code };
}

/** Reads fields without zod: every answer is classified, and checking a schema takes longer than parsing the body. */
function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}

/** Reads a number or a text of digits; a word such as `"success"` is neither. */
function digitsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
