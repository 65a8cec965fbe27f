import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { type RunningServer, serveApp } from '../../loopback-server.ts';
import type { InvocationOutcome } from '../lambda/protocol.ts';
import type { ApiRequest } from '../log.ts';
import { toProxyEvent } from './proxy-event.ts';
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
 * Serves the REST API on loopback, with API Gateway's own answers: 403 if there is no method, 413, 502 if the
 * function failed or its answer is no proxy result, 504. Throttling, resource policy and access logs are left out.
 */
export async function serveRestApi(
  api: RestApi,
  invoke: (functionArn: string, event: unknown) => Promise<InvocationOutcome>,
  port: number,
  onAnswered?: (request: ApiRequest) => void,
): Promise<RunningServer> {
  const app = new Hono<ApiEnvironment>();
  app.use(async (context, next) => {
    const at = Date.now();
    const deliveryId = context.req.header('webhook-request-id');
    await next();
    const { headers, status } = context.res;
    const requestId = headers.get('x-amzn-requestid') ?? '';
    const report = () => onAnswered?.({ requestId, deliveryId, at, ms: Date.now() - at, status });
    context.env.outgoing.once('finish', report);
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
