import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';

/** Reason for a refusal, for the log and the metric only: the client sees only the status. */
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

/** Thrown by a step of the webhook; `refusals` turns it into a short response. */
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

const TEXT: Record<Refusal['statusCode'], string> = {
  400: 'bad request',
  401: 'unauthorized',
  404: 'not found',
  405: 'method not allowed',
  413: 'payload too large',
  503: 'unavailable',
};

/**
 * Turns any error of the webhook into a response that reveals nothing to the client. An error other than Refusal is a
 * 503: nothing was queued, and Ocrolus tries again.
 */
export function refusals(
  log: Log,
  metrics: Metrics,
): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> {
  return {
    onError: (request) => {
      const { error } = request;
      const refusal = error instanceof Refusal ? error : new Refusal(503, 'unavailable');
      const { statusCode, reason } = refusal;
      const requestId = request.event.requestContext?.requestId;
      if (statusCode === 503) log.error('not accepted', { requestId, reason, ...errorFields(error) });
      else log.warn('refused', { requestId, reason, statusCode });
      metrics.count('DeliveryRefused', { reason, statusCode: String(statusCode) });
      request.response = {
        statusCode,
        headers: {
          'content-type': 'application/json',
          ...(statusCode === 405 && { allow: 'POST' }),
        },
        body: JSON.stringify({ error: TEXT[statusCode] }),
      };
    },
  };
}
