import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Organization } from '../state/organization.ts';
import type { CallRecord } from './calls.ts';
import { answerOf, type FaultRule, type Faults, RATE_LIMITED, replacesAnswer } from './faults.ts';
import { RateLimit } from './rate-limit.ts';
import { messageOnly, type Reply } from './reply.ts';
import { type ApiRequest, readRequest } from './request.ts';
import { answer, findRoute, type Match, type Route, styled, UNKNOWN_PATH } from './router.ts';
import type { Tokens } from './token.ts';

export interface ServerDependencies {
  readonly organization: Organization;
  readonly routes: readonly Route[];
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly log: (call: CallRecord) => void;
}

export interface ListeningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback. API and authentication share the address. */
export async function listen(dependencies: ServerDependencies): Promise<ListeningServer> {
  const { options } = dependencies.organization;
  const rateLimit = new RateLimit(options.requestsPerSecond, options.heavyRequestsPerSecond, options.now);
  const server = createServer((message, response) => {
    readRequest(message)
      .then((request) => serve(dependencies, rateLimit, request, response))
      .catch((error: unknown) => fail(error, response));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  dependencies: ServerDependencies,
  rateLimit: RateLimit,
  request: ApiRequest,
  response: ServerResponse,
): Promise<void> {
  const at = new Date(dependencies.organization.options.now()).toISOString();
  const match = findRoute(dependencies.routes, request.method, request.path);
  const fault = match === undefined ? undefined : dependencies.faults.take(request.method, request.path);
  const reply = await replyTo(dependencies, rateLimit, {
    ...request,
    match,
    rule: fault,
    origin: originOf(response),
  });
  const { method, path } = request;
  const status = fault?.fault === 'timeout' ? 0 : reply.status;
  const query = request.query.toString();
  const { retryAfterSeconds } = reply;
  dependencies.log({
    at,
    method,
    path,
    query,
    contentType: request.contentType.replace(/;.*$/, ''),
    operation: match?.route.operation,
    status,
    ...(fault !== undefined && { fault: fault.fault }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  send(response, reply, fault);
}

/** A request with the route and the fault that it matches, if any. */
interface MatchedRequest extends ApiRequest {
  readonly match: Match | undefined;
  readonly rule: FaultRule | undefined;
  /** Where the client reached the simulator. */
  readonly origin: string;
}

function originOf(response: ServerResponse): string {
  return `http://${response.req.headers.host ?? 'simulator'}`;
}

async function replyTo(
  { organization, tokens }: ServerDependencies,
  rateLimit: RateLimit,
  { match, rule, origin, ...request }: MatchedRequest,
): Promise<Reply> {
  const { envelopes } = organization.options;
  if (match === undefined) return UNKNOWN_PATH;
  if (rule !== undefined && replacesAnswer(rule.fault)) return styled(answerOf(rule.fault, rule), envelopes);
  const { isOpen, isHeavy } = match.route;
  if (!isOpen && !rateLimit.admit(isHeavy ?? false)) return RATE_LIMITED;
  if (!isOpen && !tokens.isGood(request.authorization)) return styled(tokens.refuse(), envelopes);
  return answer(match, { ...request, organization, params: match.params, origin });
}

function send(response: ServerResponse, reply: Reply, rule: FaultRule | undefined): void {
  const fault = rule?.fault;
  if (fault === 'timeout') {
    if (rule?.breaksAfterMs !== undefined) setTimeout(() => response.destroy(), rule.breaksAfterMs).unref();
    return;
  }
  const body = Buffer.from(reply.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  const sent = fault === 'truncated' ? half : body;
  if (reply.retryAfterSeconds !== undefined) response.setHeader('retry-after', reply.retryAfterSeconds);
  response.writeHead(reply.status, { 'content-type': reply.contentType, 'content-length': sent.length });
  if (fault === 'reset') response.write(half, () => response.destroy());
  else response.end(sent);
}

/** A fault of the simulator itself, or of the connection: never silently a right-looking answer. */
function fail(error: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  send(
    response,
    messageOnly(500, `Simulator fault: ${error instanceof Error ? error.message : error}`),
    undefined,
  );
}
