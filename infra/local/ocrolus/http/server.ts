import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono, type HonoRequest } from 'hono';
import { normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { type RunningServer, serveApp } from '../../../running-stacks/loopback-server.ts';
import { OWN_ACCOUNT } from '../commands.ts';
import { answerCall, findCall } from '../model/calls.ts';
import type { Model } from '../model/model.ts';
import { bytesOf, type Reply } from '../model/reply.ts';
import {
  type ApiFault,
  answerOf,
  type FaultRule,
  type Faults,
  RATE_LIMITED,
  UNAUTHORIZED,
} from './faults.ts';
import type { Tokens } from './token.ts';

const WINDOW_MS = 1000;

type SlidingSecond = ReturnType<typeof slidingSecond>;

/** At most so many calls in any one second; a refused call does not count. */
export function slidingSecond(limit: number, now: () => number) {
  let accepted: number[] = [];
  return {
    hasRoom(): boolean {
      accepted = accepted.filter((at) => at > now() - WINDOW_MS);
      return accepted.length < limit;
    },
    count: () => void accepted.push(now()),
  };
}

export interface CallRecord {
  /** ISO 8601 UTC with milliseconds: when the request arrived. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Media type of the request's body, without parameters; empty when it has none. */
  readonly contentType: string;
  /** The vendor's name of the call; `undefined` for a path that Ocrolus does not have. */
  readonly operation: string | undefined;
  /** HTTP status of the answer; 0 when none was given. */
  readonly status: number;
  readonly fault?: ApiFault;
  readonly retryAfterSeconds?: number;
}

/** A call that the model does not answer. */
export interface Route {
  /** The vendor's name of the call (`operationId`). */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly answer: (request: HonoRequest) => Reply | Promise<Reply>;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

interface ServerDependencies {
  readonly model: Model;
  readonly routes: readonly Route[];
  readonly tokens: Tokens;
  readonly faults: Faults;
  /** The organization's limits: all calls together, and the heavy analytics calls together. */
  readonly limits: Record<'all' | 'heavy', SlidingSecond>;
  readonly now: () => number;
  readonly log: (call: CallRecord) => void;
}

interface Call extends Pick<Route, 'operation' | 'answer'> {
  readonly isHeavy?: boolean;
  /** Needs no token, and has no rate limit. */
  readonly isOpen?: boolean;
}

type Bound = { readonly Bindings: HttpBindings };

/** Listens on loopback. API, authentication and the results of jobs share the address. */
export function serveApi(dependencies: ServerDependencies, port: number): Promise<RunningServer> {
  const { routes, tokens, model } = dependencies;
  const app = new Hono<Bound>();
  const serve = (call: Call | undefined) => (context: Context<Bound>) => play(dependencies, call, context);
  const token = { operation: 'grant-authentication-token', isOpen: true } as const;
  app.post('/oauth/token', serve({ ...token, answer: (request) => tokens.grant(request) }));
  for (const route of routes) app.on(route.method, route.path, serve(route));
  app.get('*', (context) => play(dependencies, callOf(model, context.req), context));
  app.all('*', serve(undefined));
  // A fault of the simulator must not look like an answer of Ocrolus.
  app.onError((error) => new Response(`Simulator fault: ${error.message}`, { status: 500 }));
  return serveApp(app, port);
}

function callOf(model: Model, request: HonoRequest): Call | undefined {
  const { path } = request;
  const { searchParams } = new URL(request.url);
  const isSigned = searchParams.has('X-Amz-Signature');
  const result = model.jobs.result(path, isSigned, request.header('authorization') !== undefined);
  if (result !== undefined) return { operation: 'async-job-result', isOpen: true, answer: () => result };
  const account = model.registry.account(OWN_ACCOUNT);
  const match = findCall(model, { ...normalised(path, searchParams), account, isCall: true });
  if (match === undefined) return undefined;
  const { name, isHeavy } = match.operation;
  return { operation: name, isHeavy, answer: () => answerCall(match) };
}

/** Ocrolus takes uuids in any case, with or without dashes. */
function normalised(path: string, query: URLSearchParams) {
  const id = (text: string) => (/^[0-9a-f-]{32,}$/i.test(text) ? (normaliseUuid(text) ?? text) : text);
  return {
    path: path.split('/').map(id).join('/'),
    query: new URLSearchParams([...query].map(([name, value]): [string, string] => [name, id(value)])),
  };
}

async function play(
  dependencies: ServerDependencies,
  call: Call | undefined,
  context: Context<Bound>,
): Promise<Response> {
  const { method, path, url } = context.req;
  const { now, faults, log, model } = dependencies;
  const at = new Date(now()).toISOString();
  const rule = call === undefined ? undefined : faults.take(method, path);
  const { unknownPath } = model.registry.account(OWN_ACCOUNT).refusals;
  const reply = call === undefined ? unknownPath : await replyTo(dependencies, call, rule, context.req);
  const { fault, retryAfterSeconds } = rule ?? {};
  log({
    at,
    method,
    path,
    query: new URL(url).search.slice(1),
    contentType: (context.req.header('content-type') ?? '').replace(/;.*$/, ''),
    operation: call?.operation,
    status: fault === 'timeout' ? 0 : reply.status,
    ...(fault !== undefined && { fault }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  return send(context, reply, rule);
}

async function replyTo(
  { limits, tokens }: ServerDependencies,
  { isOpen = false, isHeavy = false, answer }: Call,
  rule: FaultRule | undefined,
  request: HonoRequest,
): Promise<Reply> {
  const fault = rule && answerOf(rule);
  if (fault !== undefined) return fault;
  const counted = isOpen ? [] : isHeavy ? [limits.all, limits.heavy] : [limits.all];
  if (!counted.every((limit) => limit.hasRoom())) return RATE_LIMITED;
  for (const limit of counted) limit.count();
  if (!isOpen && !tokens.isGood(request.header('authorization') ?? '')) return UNAUTHORIZED;
  try {
    return await answer(request);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function send(context: Context<Bound>, reply: Reply, rule: FaultRule | undefined): Response {
  const { status, body, contentType } = reply;
  const { outgoing } = context.env;
  const { fault, retryAfterSeconds, breaksAfterMs } = rule ?? {};
  if (fault === 'timeout') {
    if (breaksAfterMs !== undefined) setTimeout(() => outgoing.destroy(), breaksAfterMs).unref();
    return RESPONSE_ALREADY_SENT;
  }
  const bytes = bytesOf(reply);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const headers = {
    'content-type': contentType ?? typeOf(body),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  // Only its length says that a file is incomplete.
  const isBroken = fault === 'reset' || (fault === 'truncated' && contentType !== undefined);
  if (!isBroken) return new Response(fault === 'truncated' ? half : bytes, { status, headers });
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  outgoing.write(half, () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

function typeOf(body: string): string {
  if (body.startsWith('<html')) return 'text/html';
  if (body.startsWith('<')) return 'application/xml';
  return body === '' ? 'text/plain' : 'application/json';
}
