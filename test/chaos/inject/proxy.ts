import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listen, type RunningServer, readBody } from '../../../infra/local/http.ts';

/** A request on its way, with its whole body. */
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
export type ServiceFault =
  /** Answered here; nothing was done. */
  | { readonly kind: 'refused'; readonly status: number; readonly body?: string }
  /** The connection breaks; nothing was done. */
  | { readonly kind: 'broken' }
  /** It was done, and the connection breaks before the answer. */
  | { readonly kind: 'answer-lost' }
  /** It was done twice. */
  | { readonly kind: 'twice' };

export interface Rules {
  readonly fault?: (passing: Passing) => ServiceFault | undefined;
  /** Another body in place of the request's. */
  readonly rewrite?: (passing: Passing) => Buffer;
  /** Receives every answer, also those that are lost on their way back. */
  readonly observe?: (passing: Passing, answered: Answered) => void;
}

/** A proxy between two parts of the stack that injects the faults of networks and services. */
export function startProxy(target: () => string, rules: Rules): Promise<RunningServer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const server = createServer((incoming, response) => {
    pass(incoming, response, { target: target(), agent, rules }).catch(() => response.destroy());
  });
  return listen(server);
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, agent, rules }: { readonly target: string; readonly agent: Agent; readonly rules: Rules },
): Promise<void> {
  const original: Passing = {
    operation: operationOf(incoming),
    path: incoming.url ?? '/',
    body: await readBody(incoming),
  };
  const passing = { ...original, body: rules.rewrite?.(original) ?? original.body };
  const fault = rules.fault?.(passing);
  if (fault?.kind === 'broken') {
    response.destroy();
    return;
  }
  if (fault?.kind === 'refused') {
    response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(fault.body ?? '');
    return;
  }
  if (fault?.kind === 'twice') await forward(incoming, passing, target, agent);
  const answered = await forward(incoming, passing, target, agent);
  rules.observe?.(passing, answered);
  if (fault?.kind === 'answer-lost') {
    response.destroy();
    return;
  }
  response.writeHead(answered.status, { ...answered.headers, 'content-length': answered.body.length });
  response.end(answered.body);
}

function operationOf({ headers, method }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.').at(-1) ?? target) : (method ?? 'GET');
}

/** Hop-by-hop, or set again. */
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
