/** Why a request was refused: for our log and metric only. An outsider sees nothing but the status. */
export type RefusalReason =
  | 'unknown-account'
  | 'method'
  | 'body-encoding'
  | 'too-large'
  | 'nothing-configured'
  | 'unsigned'
  | 'ambiguous-header'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'basic-missing'
  | 'basic-malformed'
  | 'basic-mismatch'
  | 'stale'
  | 'unavailable';

/** Thrown by a step of the webhook; turned into a short answer by `refusals`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly statusCode: 400 | 401 | 404 | 405 | 413 | 503;
  readonly reason: RefusalReason;

  constructor(statusCode: Refusal['statusCode'], reason: RefusalReason) {
    super(reason);
    this.statusCode = statusCode;
    this.reason = reason;
  }
}
