/**
 * The meaning of an answer for a caller that waits for the result.
 *
 * - `available`: the body is the result.
 * - `notYet`: it comes by itself. `neverReady`: the same answer, but nothing will come unless the book changes.
 * - `unavailable`: documented as permanent (9002, 9003, 9006, a failed or expired request).
 * - `asynchronous`: only a job will do. `slow`: 9001, the next call may succeed.
 * - `refused`: any other refusal.
 */
export type ReplyState =
  | 'available'
  | 'notYet'
  | 'neverReady'
  | 'unavailable'
  | 'asynchronous'
  | 'slow'
  | 'refused';

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Media type of a file, whose body has a byte in each character (Latin-1); absent from texts, which are UTF-8. */
  readonly contentType?: string;
  readonly state: ReplyState;
  readonly headers?: Record<string, string>;
}

/** JSON, or a text that is sent as it is. */
type Body = object | string;

const textOf = (body: Body) => (typeof body === 'string' ? body : JSON.stringify(body));

export function available(body: Body): Reply {
  return { status: 200, body: textOf(body), state: 'available' };
}

export function availableFile(bytes: Buffer, contentType: string): Reply {
  return { status: 200, body: bytes.toString('latin1'), contentType, state: 'available' };
}

export function bytesOf({ body, contentType }: Pick<Reply, 'body' | 'contentType'>): Buffer<ArrayBuffer> {
  return Buffer.from(body, contentType === undefined ? 'utf8' : 'latin1');
}

/** 200 with a body that is not final. */
export function partial(body: Body, state: 'notYet' | 'neverReady'): Reply {
  return { status: 200, body: textOf(body), state };
}

export function refusal(status: number, body: Body, state: ReplyState = 'refused'): Reply {
  return { status, body: textOf(body), state };
}

export function v1(response: object): object {
  return { status: 200, response, message: 'OK' };
}

/** Version 1 envelope around a response that is JSON already. */
export function v1Text(response: string): string {
  return `{"status":200,"response":${response},"message":"OK"}`;
}

export function v1Refusal(code: number, message: string, status = 400, state?: ReplyState): Reply {
  const body = { status, code, response: null, message, meta: { status, msg: message, code } };
  return refusal(status, body, state);
}

/** V8 has it since 11.4; TypeScript's library does not have it yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/**
 * A pk as `JSON.stringify` must write it: an integer without quotes, every digit kept (docs/ocrolus.md#large-pks). `null`
 * where there is none.
 *
 * @throws SyntaxError when the text is not a JSON number.
 */
export function integer(digits: string | undefined): unknown {
  return digits === undefined ? null : JSON.rawJSON(digits);
}

/**
 * JSON of an object with a list between its other members. The list is JSON already: of a book with 2,000 documents it is
 * not made again at each call.
 *
 * @param items separated by commas.
 */
export function withList(head: object, name: string, items: string, tail: object): string {
  const start = JSON.stringify(head).slice(0, -1);
  return `${start}${start === '{' ? '' : ','}"${name}":[${items}],${JSON.stringify(tail).slice(1)}`;
}

type TwoSpellings = readonly [Reply, Reply];

const NOT_READY = 'Analytics are still being processed, please check back momentari';

/**
 * The answers that do not depend on a book, ready-made (docs/ocrolus.md#envelopes).
 *
 * @param asOk errors with a status in the body come with HTTP 200.
 */
export function createRefusals(asOk: boolean) {
  const http = (status: number) => (asOk ? 200 : status);
  const v1 = (code: number, message: string, state?: ReplyState): Reply => ({
    ...v1Refusal(code, message, 400, state),
    status: http(400),
  });
  const v2 = (status: number, code: number, message: string, state?: ReplyState) =>
    refusal(http(status), { status, code, message }, state);
  // One spelling has the code 9004, the other has none.
  const notReady = (state: ReplyState): TwoSpellings => [
    v2(425, 9004, NOT_READY, state),
    refusal(425, { status: 425, message: NOT_READY }, state),
  ];
  const tooMany: TwoSpellings = [
    v2(422, 1100, 'Book transaction limit exceeded', 'asynchronous'),
    v2(400, 1100, 'Book summary cannot be generated for these many transactions', 'asynchronous'),
  ];
  return {
    missing: v1(1103, 'Required pk or book uuid'),
    tooManyRows: v1(1003, 'Invalid value of limit'),
    bookNotFound: v1(1401, 'Book not found'),
    bookForbidden: v1(2102, 'No permission to access this book'),
    documentNotFound: v1(1501, 'Document not found'),
    documentForbidden: v1(2104, 'No permission to access this doc'),
    objectNotFound: v1(2301, 'DB Object Not Found'),
    documentsPending: v1(1404, 'Book containing documents pending verification', 'notYet'),
    mixedPending: v1(1511, 'Mixed document is pending classification.', 'notYet'),
    notStatementsV1: v1(
      9003,
      'Analytics (JSON) can only process analytics for bank statements',
      'unavailable',
    ),
    /** Observed. */
    unknownPath: refusal(200, { status: 400, code: 404 }),
    analyticsNotFound: v2(404, 1401, 'Book not found'),
    analyticsForbidden: v2(403, 2102, 'No permission to access this book'),
    notReady: notReady('notYet'),
    neverReady: notReady('neverReady'),
    noTransactions: v2(404, 9006, 'No transactions found in the book', 'unavailable'),
    unsupported: v2(400, 9002, 'Analytics is not supported for this type of case.', 'unavailable'),
    notStatements: v2(400, 9003, 'Analytics can only process analytics for bank statements', 'unavailable'),
    tooLong: v2(400, 9001, 'Analytics took too long', 'slow'),
    tooMany,
    detectBookNotFound: refusal(404, { message: 'Book not found' }),
    detectForbidden: refusal(403, { message: 'Unauthorized' }),
    incomeNotFound: refusal(404, { error: 'Book not found' }),
  };
}

export type Refusals = ReturnType<typeof createRefusals>;

/** A product that the contract lacks. */
export const FORBIDDEN: Reply = refusal(403, { message: 'Forbidden' });

/** @param n any whole number from 0. */
export function spelling(spellings: TwoSpellings, n: number): Reply {
  return spellings[n % 2 === 0 ? 0 : 1];
}

/** A format that is not accepted (docs/ocrolus.md#token-request-format). */
export const FORMAT_REFUSED = refusal(403, {
  error: 'unauthorized_client',
  error_description: 'Grant type not allowed for the client',
});
