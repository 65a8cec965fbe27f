import type { Reply } from '../../../infra/local/ocrolus/model/reply.ts';
import type { Actor } from '../kernel/actors.ts';
import { port } from '../kernel/port.ts';
import type { ApiFaults, Core } from './core.ts';

const NO_HEADERS = new Headers();
const encoder = new TextEncoder();

/**
 * What the client uses of an answer, with a body that is there already. A real one takes many microseconds, and its
 * stream needs Node's timers.
 */
function toResponse({ status, body, headers }: Pick<Reply, 'status' | 'body' | 'headers'>): Response {
  const response = {
    status,
    ok: status >= 200 && status < 300,
    headers: headers === undefined ? NO_HEADERS : new Headers(headers),
    body: once(encoder.encode(body)),
    json: async () => JSON.parse(body),
  };
  return response as unknown as Response;
}

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** The port `fetch` of an actor: Ocrolus, with whatever lies on the way to it. */
export function openFetch(core: Core, actor: Actor): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof URL ? input : new URL(String(input));
    const headers = headersOf(init.headers);
    const token = headers.authorization?.replace(/^Bearer /, '');
    const { pathname: path } = url;
    const key = path + url.search;
    const method = init.method ?? 'GET';
    const account = path === '/oauth/token' ? accountOf(init.body) : '';
    const effect = (): Response => {
      const reply = answer(core, actor, { method, path, query: url.searchParams, token, account });
      core.listeners.call(key, reply.status);
      return toResponse(reply);
    };
    core.listeners.send(key);
    if (path === '/v1/book/status') actor.meter.statusCalls += 1;
    return port(actor, { name: 'fetch', key, signal: init.signal ?? undefined }, effect);
  };
}

type Request = Parameters<Core['ocrolus']['answer']>[0];

function answer(core: Core, actor: Actor, request: Request): Pick<Reply, 'status' | 'body' | 'headers'> {
  const { random } = actor;
  const fault = drawFault(core.faults.current.api, random.float());
  switch (fault) {
    case undefined:
      return core.ocrolus.answer(request);
    case 'serverError':
      return { status: random.pick([500, 502, 503, 504]), body: '{"message":"Internal server error"}' };
    case 'html':
      return { status: random.pick([200, 502, 503]), body: '<html><body>Bad gateway</body></html>' };
    case 'empty':
      return { status: random.pick([200, 503]), body: '' };
    case 'throttled':
      return random.chance(0.5)
        ? { status: 429, body: random.pick(['', '{"code":1005}', '<html></html>']) }
        : { status: 429, body: '', headers: { 'retry-after': random.pick(['2', '30', '86400']) } };
    case 'expiredToken':
      return core.ocrolus.answer({ ...request, token: 'simulated.expired' });
    case 'truncated': {
      const reply = core.ocrolus.answer(request);
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length * random.float())) };
    }
  }
}

const FAULTS = ['serverError', 'html', 'empty', 'throttled', 'expiredToken', 'truncated'] as const;

function drawFault(faults: ApiFaults, dice: number): (typeof FAULTS)[number] | undefined {
  let rest = dice;
  for (const fault of FAULTS) {
    rest -= faults[fault];
    if (rest < 0) return fault;
  }
  return undefined;
}

function headersOf(headers: RequestInit['headers']): Record<string, string> {
  if (headers === undefined || headers instanceof Headers || Array.isArray(headers)) return {};
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') named[name] = value;
  return named;
}

/** Whose credentials a request for a token carries. */
function accountOf(body: RequestInit['body']): string {
  if (typeof body !== 'string') return '';
  return /"client_id":"client-([^"]+)"/.exec(body)?.[1] ?? '';
}
