import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import { Refusal } from './refusal.ts';

const TEXT: Record<Refusal['statusCode'], string> = {
  400: 'bad request',
  401: 'unauthorized',
  404: 'not found',
  405: 'method not allowed',
  413: 'payload too large',
  503: 'unavailable',
};

/**
 * Turns what a step threw into an answer that tells an outsider nothing. What is not a Refusal is 503: nothing
 * was queued, and Ocrolus tries again.
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
