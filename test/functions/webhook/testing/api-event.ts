import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

/** Parts of a request that a test sets; API Gateway's defaults apply to the rest. */
export interface Request {
  readonly method?: string;
  readonly account?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides `headers` where one header comes more than once. */
  readonly multiValueHeaders?: Readonly<Record<string, string[]>> | null;
  /** The bytes on the wire. */
  readonly body?: string | Uint8Array;
  /** The body as the event carries it, instead of `body` in base64. */
  readonly eventBody?: { readonly body: string | null; readonly isBase64Encoded: boolean };
}

/** API Gateway's event for a POST to `/webhooks/{account}`: the body in base64, as `binaryMediaTypes` makes it. */
export function apiEvent(request: Request = {}): APIGatewayProxyEvent {
  const { method = 'POST', account = 'default', headers = {}, body = '' } = request;
  const { body: eventBody, isBase64Encoded } = request.eventBody ?? {
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
  const path = `/webhooks/${account ?? ''}`;
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  return {
    body: eventBody,
    headers: { ...headers },
    multiValueHeaders:
      request.multiValueHeaders === undefined ? multiValueHeaders : { ...request.multiValueHeaders },
    httpMethod: method,
    isBase64Encoded,
    path,
    pathParameters: account === null ? null : { account },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    resource: '/webhooks/{account}',
    // The webhook reads only the id; the rest of API Gateway's context is large.
    requestContext: Object.assign(Object.create(null), { requestId: 'b2c7c1f0-6f3e-4c0e-9d58-2f4f0f6a7d11' }),
  };
}

/** Lambda's context, with so much time left that it plays no part. */
export function lambdaContext(): Context {
  return Object.assign(Object.create(null), { getRemainingTimeInMillis: () => 3_600_000 });
}
