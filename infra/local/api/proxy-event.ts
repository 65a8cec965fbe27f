import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ACCOUNT_ID } from '../template/identities.ts';
import type { RestApi, Route } from './routes.ts';

/** Headers that API Gateway does not pass on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The event of a Lambda proxy integration (AWS: input format of a Lambda function for proxy integration). */
export function toProxyEvent(
  request: IncomingMessage,
  body: Buffer,
  { route, pathParameters }: { readonly route: Route; readonly pathParameters: Record<string, string> },
  api: RestApi,
): APIGatewayProxyEvent {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const now = new Date();
  const requestId = randomUUID();
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = readHeaders(request.rawHeaders, sourceIp);
  const isBinary = body.length > 0 && accepts(api.binaryMediaTypes, request.headers['content-type']);
  const query = group([...url.searchParams]);

  return {
    resource: route.resourcePath,
    path: url.pathname,
    httpMethod: request.method ?? 'GET',
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(pathParameters),
    stageVariables: null,
    requestContext: {
      resourceId: route.resourceId,
      resourcePath: route.resourcePath,
      httpMethod: request.method ?? 'GET',
      extendedRequestId: requestId.slice(0, 16),
      requestTime: commonLogTime(now),
      requestTimeEpoch: now.getTime(),
      path: `/${api.stage}${url.pathname}`,
      accountId: ACCOUNT_ID,
      protocol: `HTTP/${request.httpVersion}`,
      stage: api.stage,
      domainPrefix: api.id,
      domainName: request.headers.host ?? 'localhost',
      requestId,
      apiId: api.id,
      authorizer: null,
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
        sourceIp,
        user: null,
        userAgent: request.headers['user-agent'] ?? null,
        userArn: null,
      },
    },
    body: body.length === 0 ? null : body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  };
}

/** Names in the letter case of the request, and the headers that API Gateway adds. */
function readHeaders(raw: readonly string[], sourceIp: string): Record<string, string[]> {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) pairs.push([name, value]);
  }
  pairs.push(['X-Forwarded-For', sourceIp], ['X-Forwarded-Port', '443'], ['X-Forwarded-Proto', 'https']);
  return group(pairs);
}

function accepts(binaryMediaTypes: readonly string[], contentType: string | undefined): boolean {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryMediaTypes.some((binary) => {
    const [main, sub] = binary.toLowerCase().split('/');
    const [givenMain, givenSub] = type.split('/');
    return (main === '*' || main === givenMain) && (sub === '*' || sub === givenSub);
  });
}

function group(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of pairs) groups[name] = [...(groups[name] ?? []), value];
  return groups;
}

function lastOf(groups: Readonly<Record<string, string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

/** Formats a time like `09/Apr/2026:12:34:56 +0000`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
