import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import { secretObject } from './accounts.ts';
import { listen, type RunningServer, readBody } from './http.ts';
import type { LocalStack } from './stack.ts';

const FunctionRequest = z.object({ function: z.string(), event: z.unknown().optional() });

/**
 * What the operator's command line needs beyond the queues and the table. Every request carries the token.
 *
 * | request | answer |
 * |---|---|
 * | `GET /` | `{ready}` |
 * | `GET /secrets` | `{<account>: {webhookSecret: {…}, credentials: {…}}}` |
 * | `POST /poll` event | runs the poller; its outcome |
 * | `POST /invoke` `{function, event}` | invokes a function; its outcome |
 * | `POST /kill` `{function}` | kills an execution environment; `{killed}` |
 *
 * @param currentStack `undefined` while the stack starts: 503.
 */
export async function serveControl(
  token: string,
  currentStack: () => LocalStack | undefined,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(request, token, currentStack())
      .catch((error: unknown): Answer => ({ status: 400, document: { error: String(error) } }))
      .then(({ status, document }) => {
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(document));
      });
  });
  return listen(server);
}

interface Answer {
  readonly status: number;
  readonly document: object;
}

async function answer(
  request: IncomingMessage,
  token: string,
  stack: LocalStack | undefined,
): Promise<Answer> {
  if (!hasToken(request, token)) return { status: 401, document: { error: 'wrong token' } };
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /') return { status: 200, document: { ready: stack !== undefined } };
  if (stack === undefined) return { status: 503, document: { error: 'the stack is starting' } };

  switch (route) {
    case 'GET /secrets':
      return { status: 200, document: readSecrets(stack) };
    case 'POST /poll': {
      const event: unknown = JSON.parse((await readBody(request)).toString('utf8') || '{}');
      return { status: 200, document: await stack.invokePoller(event) };
    }
    case 'POST /invoke': {
      const { function: name, event } = FunctionRequest.parse(
        JSON.parse((await readBody(request)).toString('utf8')),
      );
      return { status: 200, document: await stack.invoke(name, event) };
    }
    case 'POST /kill': {
      const { function: name } = FunctionRequest.parse(
        JSON.parse((await readBody(request)).toString('utf8')),
      );
      return { status: 200, document: { killed: await stack.killEnvironment(name) } };
    }
    default:
      return { status: 404, document: { error: `there is no ${route}` } };
  }
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function readSecrets({ accounts, secrets }: LocalStack): object {
  const entries = Object.entries(accounts).map(([account, { webhookSecret, credentials }]) => [
    account,
    { webhookSecret: secretObject(secrets, webhookSecret), credentials: secretObject(secrets, credentials) },
  ]);
  return Object.fromEntries(entries);
}
