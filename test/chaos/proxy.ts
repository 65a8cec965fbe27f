import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listen, type RunningServer, readBody } from '../../infra/local/http.ts';

/** A request on its way, complete. */
export interface Passing {
  /** The operation of an AWS JSON protocol, e.g. `UpdateItem`; else the method. */
  readonly operation: string;
  readonly path: string;
  readonly body: Buffer;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What becomes of a request instead of being passed on and answered. */
export type Mishap =
  /** Answered here; nothing was done. */
  | { readonly kind: 'refused'; readonly status: number; readonly body?: string }
  /** The connection breaks; nothing was done. */
  | { readonly kind: 'broken' }
  /** It was done, and the connection breaks before the answer. */
  | { readonly kind: 'answer-lost' }
  /** It was done twice. */
  | { readonly kind: 'twice' };

export interface Rules {
  readonly mishap?: (passing: Passing) => Mishap | undefined;
  /** Another body in place of the request's. */
  readonly rewrite?: (passing: Passing) => Buffer;
  /** Hears every answer, lost ones too. */
  readonly hear?: (passing: Passing, answered: Answered) => void;
  /** Moves the `Date` header of answers. */
  readonly skewMs?: number;
}

/** Stands between two parts of the stack, and lets happen what networks and services do. */
export function startProxy(target: () => string, rules: Rules): Promise<RunningServer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const server = createServer((incoming, response) => {
    pass(incoming, response, target(), agent, rules).catch(() => response.destroy());
  });
  return listen(server);
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  agent: Agent,
  rules: Rules,
): Promise<void> {
  const original: Passing = {
    operation: operationOf(incoming),
    path: incoming.url ?? '/',
    body: await readBody(incoming),
  };
  const passing = { ...original, body: rules.rewrite?.(original) ?? original.body };
  const mishap = rules.mishap?.(passing);
  if (mishap?.kind === 'broken') {
    response.destroy();
    return;
  }
  if (mishap?.kind === 'refused') {
    response.writeHead(mishap.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(mishap.body ?? '');
    return;
  }
  if (mishap?.kind === 'twice') await forward(incoming, passing, target, agent);
  const answered = await forward(incoming, passing, target, agent);
  rules.hear?.(passing, answered);
  if (mishap?.kind === 'answer-lost') {
    response.destroy();
    return;
  }
  const { date } = answered.headers;
  const skewed = rules.skewMs !== undefined && typeof date === 'string';
  response.writeHead(answered.status, {
    ...answered.headers,
    ...(skewed && { date: new Date(Date.parse(date) + (rules.skewMs ?? 0)).toUTCString() }),
    'content-length': answered.body.length,
  });
  response.end(answered.body);
}

function operationOf({ headers, method }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.').at(-1) ?? target) : (method ?? 'GET');
}

/** Hop-by-hop, or said anew. */
const NOT_PASSED_ON = new Set(['connection', 'transfer-encoding', 'content-length', 'expect', 'keep-alive']);

function forward(incoming: IncomingMessage, { path, body }: Passing, target: string, agent: Agent) {
  const done = Promise.withResolvers<Answered>();
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !NOT_PASSED_ON.has(name)),
  );
  const outgoing = request(
    new URL(path, target),
    { method: incoming.method ?? 'GET', agent, headers: { ...headers, 'content-length': body.length } },
    (answer) => {
      readBody(answer).then(
        (received) =>
          done.resolve({ status: answer.statusCode ?? 500, headers: pickHeaders(answer), body: received }),
        done.reject,
      );
    },
  );
  outgoing.on('error', done.reject);
  outgoing.end(body);
  return done.promise;
}

function pickHeaders(answer: IncomingMessage): Answered['headers'] {
  return Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !NOT_PASSED_ON.has(name)));
}
