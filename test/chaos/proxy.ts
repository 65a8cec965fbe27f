import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type RunningServer } from '../../infra/local/http.ts';

/** A request on its way, with its whole body. */
export interface Passing {
  /** The operation of an AWS JSON protocol, e.g. `UpdateItem`; else the method. */
  readonly operation: string;
  readonly path: string;
  readonly body: Buffer;
}

/** What becomes of a request instead of being passed on and answered. */
export type ServiceFault =
  /** Answered here; nothing was done. */
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  /** The connection breaks; nothing was done. */
  | { readonly kind: 'broken' }
  /** It was done, and the connection breaks before the answer. */
  | { readonly kind: 'answer-lost' }
  /** It was done twice. */
  | { readonly kind: 'twice' };

/** A proxy between two parts of the stack that injects the faults of networks and services. */
export function startProxy(
  target: () => string,
  faultOf: (passing: Passing) => ServiceFault | undefined,
): Promise<RunningServer> {
  const server = createServer((incoming, response) => {
    pass(incoming, response, target(), faultOf).catch(() => response.destroy());
  });
  return listen(server);
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  faultOf: (passing: Passing) => ServiceFault | undefined,
): Promise<void> {
  const operation = String(incoming.headers['x-amz-target'] ?? incoming.method);
  const passing = {
    operation: operation.split('.').at(-1) ?? operation,
    path: incoming.url ?? '/',
    body: await buffer(incoming),
  };
  const fault = faultOf(passing);
  if (fault?.kind === 'broken') {
    response.destroy();
    return;
  }
  if (fault?.kind === 'refused') {
    response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' }).end(fault.body);
    return;
  }
  if (fault?.kind === 'twice') await forward(incoming, passing, target);
  const { status, headers, body } = await forward(incoming, passing, target);
  if (fault?.kind === 'answer-lost') response.destroy();
  else response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
}

/** Hop-by-hop, or set again. */
const NOT_PASSED_ON = ['connection', 'transfer-encoding', 'content-length', 'expect', 'keep-alive'];

function headersOf(message: IncomingMessage) {
  return Object.fromEntries(
    Object.entries(message.headers).filter(([name]) => !NOT_PASSED_ON.includes(name)),
  );
}

async function forward(incoming: IncomingMessage, { path, body }: Passing, target: string) {
  const outgoing = request(new URL(path, target), {
    method: incoming.method ?? 'GET',
    headers: { ...headersOf(incoming), 'content-length': body.length },
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('no answer');
  return { status: answer.statusCode ?? 500, headers: headersOf(answer), body: await buffer(answer) };
}
