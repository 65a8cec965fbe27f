import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { type RunningServer, serveApp } from '../../running-stacks/loopback-server.ts';
import type { InvocationOutcome } from '../lambda/protocol.ts';
import { ACCOUNT_ID } from '../template/identities.ts';
import type { RestApi } from './rest-api.ts';

/** Limits of API Gateway for a REST API: payload size, and time for an integration to answer. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;

/** The part of a proxy result that the webhook uses. */
const ProxyResult = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
});

/** Handlers read Node's own request, which has the headers as they were sent. */
type ApiEnvironment = { Bindings: HttpBindings };

/**
 * Serves the REST API on loopback, with API Gateway's own answers: 403 if there is no method, 413, 500 for an
 * error of this server, 502 if the function failed or its answer is no proxy result, 504. Throttling, resource policy and access logs are left out.
 */
export async function serveRestApi(
  api: RestApi,
  invoke: (functionArn: string, event: unknown) => Promise<InvocationOutcome>,
  port: number,
  onAnswered?: (status: number) => void,
): Promise<RunningServer> {
  const app = new Hono<ApiEnvironment>();
  app.use(async (context, next) => {
    await next();
    const { status } = context.res;
    context.env.outgoing.once('finish', () => onAnswered?.(status));
  });
  const answer = async ({ req, env: { incoming } }: Context<ApiEnvironment>) => {
    const body = await buffer(incoming);
    if (body.length > MAX_BODY_BYTES) return refuse(413, 'Request Too Long', 'RequestTooLargeException');
    const event = toProxyEvent(incoming, body, req.param(), api);
    const late = delay(INTEGRATION_TIMEOUT_MS, undefined, { ref: false });
    const response = answerOf(await Promise.race([invoke(api.functionArn, event), late]));
    response.headers.set('x-amzn-RequestId', event.requestContext.requestId);
    return response;
  };
  const path = api.resourcePath.replace(/\{(\w+)\}/g, ':$1');
  if (api.httpMethod === 'ANY') app.all(path, answer);
  else app.on(api.httpMethod, path, answer);
  app.notFound(() => refuse(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'));
  // Without a handler, Hono prints an error for each client that ends its request early.
  app.onError(() => refuse(500, 'Internal server error', 'InternalServerErrorException'));
  return serveApp(app, port);
}

/** @param outcome absent if the function did not answer in time. */
function answerOf(outcome: InvocationOutcome | undefined): Response {
  if (outcome === undefined) return refuse(504, 'Endpoint request timed out', 'IntegrationTimeoutException');
  const result = outcome.ok ? ProxyResult.safeParse(JSON.parse(outcome.payload)).data : undefined;
  if (result === undefined) return refuse(502, 'Internal server error', 'InternalServerErrorException');
  const headers = { 'content-type': 'application/json', ...result.headers };
  return new Response(result.body === '' ? null : result.body, { status: result.statusCode, headers });
}

function refuse(status: number, message: string, errorType: string): Response {
  return Response.json({ message }, { status, headers: { 'x-amzn-ErrorType': errorType } });
}

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
function toProxyEvent(
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
