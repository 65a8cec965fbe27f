import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type RunningServer } from '../../infra/running-stacks/loopback-server.ts';

/** An answer of the proxy itself: nothing was done. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** `broken`: the connection breaks, and nothing was done. `answer-lost`: it was done, and the connection breaks then. */
export type ServiceFault = Refusal | 'broken' | 'answer-lost';

/** A proxy between two parts of the stack that injects the faults of networks and services. */
export function startProxy(
  target: () => string,
  faultOf: () => ServiceFault | undefined,
): Promise<RunningServer> {
  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await buffer(incoming);
    const fault = faultOf();
    if (fault === 'broken') response.destroy();
    else if (typeof fault === 'object')
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' }).end(fault.body);
    else {
      const { status, headers, body } = await forward(incoming, sent, target());
      if (fault === 'answer-lost') response.destroy();
      else response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
    }
  };
  return listen(createServer((...exchange) => pass(...exchange).catch(() => exchange[1].destroy())));
}

/** Hop-by-hop, or set again. */
const NOT_PASSED_ON = ['connection', 'transfer-encoding', 'content-length', 'expect', 'keep-alive'];

function headersOf(message: IncomingMessage) {
  return Object.fromEntries(
    Object.entries(message.headers).filter(([name]) => !NOT_PASSED_ON.includes(name)),
  );
}

async function forward(incoming: IncomingMessage, body: Buffer, target: string) {
  const outgoing = request(new URL(incoming.url ?? '/', target), {
    method: incoming.method ?? 'GET',
    headers: { ...headersOf(incoming), 'content-length': body.length },
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('no answer');
  return { status: answer.statusCode ?? 500, headers: headersOf(answer), body: await buffer(answer) };
}
