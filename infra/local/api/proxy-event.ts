import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from '../template/identities.ts';
import type { RestApi } from './rest-api.ts';

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

/**
 * The event of a Lambda proxy integration (AWS: input format of a Lambda function for proxy integration), without the
 * query and without what API Gateway leaves empty for a request from a VPC.
 */
export function toProxyEvent(
  request: IncomingMessage,
  body: Buffer,
  pathParameters: Record<string, string>,
  api: RestApi,
) {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = readHeaders(request.rawHeaders, sourceIp);
  const isBinary = body.length > 0 && api.binaryMediaTypes.includes('*/*');
  const last = Object.entries(headers).map(([name, values]) => [name, values.at(-1)]);

  return {
    resource: api.resourcePath,
    path,
    httpMethod: request.method ?? 'GET',
    headers: Object.fromEntries(last),
    multiValueHeaders: headers,
    pathParameters,
    requestContext: {
      resourcePath: api.resourcePath,
      httpMethod: request.method ?? 'GET',
      requestTimeEpoch: Date.now(),
      path: `/${api.stage}${path}`,
      accountId: ACCOUNT_ID,
      stage: api.stage,
      domainName: request.headers.host ?? 'localhost',
      requestId: randomUUID(),
      apiId: api.id,
      identity: { sourceIp, userAgent: request.headers['user-agent'] ?? null },
    },
    body: body.length === 0 ? null : body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  };
}

/** Names in the letter case of the request, and the headers that API Gateway adds. */
function readHeaders(raw: readonly string[], sourceIp: string): Record<string, string[]> {
  const added = ['X-Forwarded-For', sourceIp, 'X-Forwarded-Port', '443', 'X-Forwarded-Proto', 'https'];
  const all = [...raw, ...added];
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < all.length; index += 2) {
    const [name = '', value = ''] = all.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers[name] = [...(headers[name] ?? []), value];
  }
  return headers;
}
