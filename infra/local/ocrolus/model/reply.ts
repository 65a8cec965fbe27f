/**
 * What an answer means for the caller that waits for the result.
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

export function available(body: string): Reply {
  return { status: 200, body, state: 'available' };
}

/** 200 with a body that says it is not the last word. */
export function partial(body: string, state: 'notYet' | 'neverReady'): Reply {
  return { status: 200, body, state };
}

export function refusal(status: number, body: string, state: ReplyState = 'refused'): Reply {
  return { status, body, state };
}

/** Every result has its revision, which only ever grows: what is older than what was seen before is stale. */
export function revisionOf(body: string): number | undefined {
  const found = /"simulated_revision":(\d+)/.exec(body);
  return found === null ? undefined : Number(found[1]);
}

/** In every name and account number, in lower case; none of them may reach a log line, however it is spelled there. */
export const PERSONAL_MARKERS: readonly string[] = ['quillfeather', '40123456789'];
