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
  readonly state: ReplyState;
  readonly headers?: Record<string, string>;
}

/** JSON, or a text that is sent as it is. */
type Body = object | string;

const textOf = (body: Body) => (typeof body === 'string' ? body : JSON.stringify(body));

export function available(body: Body): Reply {
  return { status: 200, body: textOf(body), state: 'available' };
}

/** 200 with a body that is not final. */
export function partial(body: Body, state: 'notYet' | 'neverReady'): Reply {
  return { status: 200, body: textOf(body), state };
}

export function refusal(status: number, body: Body, state: ReplyState = 'refused'): Reply {
  return { status, body: textOf(body), state };
}

/** The envelope of version 1. */
export function v1(response: object): object {
  return { status: 200, response, message: 'OK' };
}

/** The same around a response that is JSON already. */
export function v1Text(response: string): string {
  return `{"status":200,"response":${response},"message":"OK"}`;
}

/** An error in the envelope of version 1. */
export function v1Refusal(code: number, message: string, status = 400, state?: ReplyState): Reply {
  const body = { status, code, response: null, message, meta: { status, msg: message, code } };
  return refusal(status, body, state);
}

/** Every result has its revision, which only ever grows: what is older than what was seen before is stale. */
export function revisionOf(body: string): number | undefined {
  const found = /"simulated_revision":(\d+)/.exec(body);
  return found === null ? undefined : Number(found[1]);
}

/** Every name and account number contains one of these, in lower case. None may reach a log line in any spelling. */
export const PERSONAL_MARKERS: readonly string[] = ['quillfeather', '40123456789'];

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
