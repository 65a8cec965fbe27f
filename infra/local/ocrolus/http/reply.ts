/** An answer, before faults. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** A v1 error: the setting `envelopes` may turn its HTTP status into 200 (docs/ocrolus.md#effective-status). */
  readonly isV1Error?: true;
  readonly retryAfterSeconds?: number;
}

/** Thrown by a route that refuses a request. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

export function json(status: number, body: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

/** The v1 envelope. Key order as in the vendor's analytics examples. */
export function v1(response: unknown): Reply {
  return json(200, { status: 200, message: 'OK', response });
}

/** The v1 error envelope, with `meta`. */
export function v1Error(code: number, message: string, status = 400): Reply {
  const body = { status, code, message, response: null, meta: { status, msg: message, code } };
  return { ...json(status, body), isV1Error: true };
}

/** The error of the v2 analyze family: no `response`, no `meta`. */
export function v2Error(status: number, code: number, message: string): Reply {
  return json(status, { status, code, message });
}

/** Cut in the middle of a word, as the vendor's text is: never match on it. */
export const ANALYTICS_PENDING = v2Error(
  425,
  9004,
  'Analytics are still being processed, please check back momentari',
);

/** The error of the v2 detect family: a message and nothing else. */
export function messageOnly(status: number, message: string): Reply {
  return json(status, { message });
}

/** The envelope of the organization's webhooks: like v1, but `status` and `code` are strings. */
export function organizationOk(response: unknown): Reply {
  return json(200, { status: '200', message: 'OK', response });
}

export function organizationError(message: string): Reply {
  return json(400, { status: '400', code: '1000', message, response: null, meta: { msg: message } });
}
