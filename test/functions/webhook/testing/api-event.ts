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
    requestContext: requestContext(method, path),
  };
}

function requestContext(httpMethod: string, path: string): APIGatewayProxyEvent['requestContext'] {
  return {
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    authorizer: null,
    protocol: 'HTTP/1.1',
    httpMethod,
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: null,
      apiKeyId: null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: '10.0.0.7',
      user: null,
      userAgent: 'python-requests/2.31.0',
      userArn: null,
      vpceId: 'vpce-0a1b2c3d',
    },
    path,
    stage: 'test',
    requestId: 'b2c7c1f0-6f3e-4c0e-9d58-2f4f0f6a7d11',
    requestTimeEpoch: 1_769_905_740_000,
    resourceId: 'r3s0',
    resourcePath: '/webhooks/{account}',
  };
}

/** Lambda's context, with so much time left that it plays no part. */
export function lambdaContext(): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'webhook',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:webhook',
    memoryLimitInMB: '256',
    awsRequestId: '6f0f3f6e-6c6c-4d2e-8d1c-0c7a7a1c6d55',
    logGroupName: '/aws/lambda/webhook',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => 3_600_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
