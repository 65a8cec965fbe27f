import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { BodyTooLarge, listen, type RunningServer, readBody } from '../http.ts';
import type { InvocationOutcome } from '../lambda/protocol.ts';
import type { ApiRequest } from '../observer.ts';
import { toProxyEvent } from './proxy-event.ts';
import { matchRoute, type RestApi } from './routes.ts';

/** Limits of API Gateway for a REST API: payload size, and time for an integration to answer. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;

const ProxyResult = z.object({
  statusCode: z.coerce.number().int(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

export type InvokeByArn = (functionArn: string, event: unknown) => Promise<InvocationOutcome>;

/**
 * Serves the REST API on loopback, with API Gateway's own answers: 403 if there is no method, 413, 502 if the
 * function failed or its answer is no proxy result, 504. Throttling, resource policy and access logs are left out.
 */
export async function serveRestApi(
  api: RestApi,
  invoke: InvokeByArn,
  port: number,
  onAnswered?: (request: ApiRequest) => void,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const at = Date.now();
    response.once('finish', () => {
      const deliveryId = request.headers['webhook-request-id'];
      onAnswered?.({
        requestId: String(response.getHeader('x-amzn-RequestId') ?? ''),
        deliveryId: typeof deliveryId === 'string' ? deliveryId : undefined,
        at,
        ms: Date.now() - at,
        status: response.statusCode,
      });
    });
    handle(request, response, api, invoke).catch(() => response.destroy());
  });
  return listen(server, port);
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  api: RestApi,
  invoke: InvokeByArn,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const match = matchRoute(api.routes, request.method ?? 'GET', pathname);
  let body: Buffer;
  try {
    body = await readBody(request, MAX_BODY_BYTES);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    return refuse(response, 413, 'Request Too Long', 'RequestTooLargeException');
  }
  if (match === undefined) {
    return refuse(response, 403, 'Missing Authentication Token', 'MissingAuthenticationTokenException');
  }
  const event = toProxyEvent(request, body, match, api);
  response.setHeader('x-amzn-RequestId', event.requestContext.requestId);
  const outcome = await within(INTEGRATION_TIMEOUT_MS, invoke(match.route.functionArn, event));
  if (outcome === undefined) {
    return refuse(response, 504, 'Endpoint request timed out', 'IntegrationTimeoutException');
  }
  const result = outcome.ok ? ProxyResult.safeParse(JSON.parse(outcome.payload)) : undefined;
  if (result?.success !== true) {
    return refuse(response, 502, 'Internal server error', 'InternalServerErrorException');
  }
  answer(response, result.data);
}

function answer(response: ServerResponse, result: z.infer<typeof ProxyResult>): void {
  response.statusCode = result.statusCode;
  response.setHeader('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  for (const [name, values] of Object.entries(result.multiValueHeaders ?? {})) {
    response.setHeader(name, values.map(String));
  }
  const encoding = result.isBase64Encoded === true ? 'base64' : 'utf8';
  response.end(Buffer.from(result.body ?? '', encoding));
}

function refuse(response: ServerResponse, status: number, message: string, errorType: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': errorType });
  response.end(JSON.stringify({ message }));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  const first = await Promise.race([work, late.promise]);
  clearTimeout(timer);
  return first;
}
