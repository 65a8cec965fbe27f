import { bytesOf, type Reply } from '../../../infra/local/ocrolus/model/reply.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { Actor } from '../kernel/actors.ts';
import { openMemoryBodies } from '../kernel/bodies.ts';
import { port } from '../kernel/port.ts';
import { openMemoryQueue } from '../kernel/queue/memory-queue.ts';
import type { ScheduledEvent } from '../kernel/schedule/scheduler.ts';
import { MemoryTable } from '../kernel/table/memory-table.ts';
import type { Core, ServiceFaults } from './core.ts';
import { laterTable } from './later-version.ts';
import { BUCKET, type Deployed, type Stage, secretText } from './settings.ts';

const NO_HEADERS = new Headers();

type Sent = Pick<Reply, 'status' | 'body' | 'contentType' | 'headers'>;

/**
 * What the client uses of an answer, with a body that is there already. A real one takes many microseconds, and its
 * stream needs Node's timers.
 */
function toResponse(reply: Sent): Response {
  const { status, body, contentType, headers } = reply;
  const response = {
    status,
    ok: status >= 200 && status < 300,
    headers: headersFor(headers, contentType),
    body: once(bytesOf(reply)),
    json: async () => JSON.parse(body),
  };
  return response as unknown as Response;
}

function headersFor(headers: Reply['headers'], contentType: string | undefined): Headers {
  if (headers === undefined && contentType === undefined) return NO_HEADERS;
  return new Headers({ ...headers, ...(contentType !== undefined && { 'content-type': contentType }) });
}

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** The port `fetch` of an actor: Ocrolus, with whatever lies on the way to it. */
function openFetch(core: Core, actor: Actor): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof URL ? input : new URL(String(input));
    const headers = headersOf(init.headers);
    const token = headers.authorization?.replace(/^Bearer /, '');
    const { pathname: path } = url;
    const key = path + url.search;
    const method = init.method ?? 'GET';
    const sender = path === '/oauth/token' ? senderOf(init) : { account: '' };
    const effect = (): Response => {
      const reply = answer(core, actor, { method, path, query: url.searchParams, token, ...sender });
      core.listeners.call?.(key, reply.status);
      return toResponse(reply);
    };
    core.listeners.send?.(key);
    return port(actor, { name: 'fetch', key, signal: init.signal ?? undefined }, effect);
  };
}

type Request = Parameters<Core['ocrolus']['answer']>[0];

function answer(core: Core, actor: Actor, request: Request): Sent {
  const { random } = actor;
  const fault = drawFault(core.faults.current.api, random.float());
  switch (fault) {
    case undefined:
      return core.ocrolus.answer(request);
    case 'serverError':
      return random.chance(0.3)
        ? { status: 400, body: JSON.stringify({ status: 400, code: random.pick(SERVER_FAULTS) }) }
        : { status: random.pick([500, 502, 503, 504]), body: '{"message":"Internal server error"}' };
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
      // Only its length says that a file is incomplete, and HTTP compares it.
      if (reply.contentType !== undefined) throw new TypeError('terminated');
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length * random.float())) };
    }
  }
}

/** Codes of faults of Ocrolus's servers that come with status 400 (docs/ocrolus.md#error-codes). */
const SERVER_FAULTS = [1500, 1513, 2300, 2401, 2500, 9104];

const FAULTS = ['serverError', 'html', 'empty', 'throttled', 'expiredToken', 'truncated'] as const;

function drawFault(faults: ServiceFaults['api'], dice: number): (typeof FAULTS)[number] | undefined {
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

/** Whose credentials a request for a token carries, and how. */
function senderOf({ headers, body }: RequestInit): Pick<Request, 'account' | 'tokenFormat'> {
  const basic = /^Basic (.+)$/.exec(headersOf(headers).authorization ?? '')?.[1];
  const text = basic === undefined ? String(body) : Buffer.from(basic, 'base64').toString();
  const account = /client-(\w+)/.exec(text)?.[1] ?? '';
  const inBody = typeof body === 'string' ? 'json' : 'form';
  return { account, tokenFormat: basic === undefined ? inBody : 'basic' };
}

/** One Lambda execution environment: it serves one invocation at a time, keeps its caches, and can die. */
export class Environment {
  readonly actor: Actor;
  readonly ports: Ports;
  /** What was deployed when it began. */
  readonly stage: Stage;
  readonly #deployed: Deployed;
  readonly #core: Core;
  #ends: (() => void) | undefined;

  constructor(core: Core, name: string) {
    this.#core = core;
    this.#deployed = core.deployments.current;
    this.stage = this.#deployed.stage;
    this.actor = core.simulation.startActor(name);
    this.ports = openActorPorts(core, this.actor);
    this.actor.onDeath(() => {
      core.kills.count += 1;
      this.#ends?.();
    });
  }

  /** It can serve another invocation: it is alive, and nothing else was deployed since. */
  get isUsable(): boolean {
    return this.actor.isAlive && this.#deployed === this.#core.deployments.current;
  }

  /**
   * @param timeoutMs after which the platform kills the environment.
   * @param killed probability that it dies at some moment of its work.
   * @param work gets how many milliseconds are left.
   * @returns `undefined` when it died.
   */
  async invoke<Result>(
    timeoutMs: number,
    killed: number,
    work: (remainingMs: () => number) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { scheduler } = this.#core.simulation;
    const endsAt = scheduler.now() + timeoutMs;
    const kills: ScheduledEvent[] = [scheduler.at(endsAt, () => this.actor.kill('timeout'))];
    if (this.actor.random.chance(killed)) {
      const span = this.actor.random.chance(0.5) ? timeoutMs / 100 : timeoutMs;
      kills.push(scheduler.after(this.actor.random.int(1, span), () => this.actor.kill('killed')));
    }
    const death = new Promise<undefined>((resolve) => {
      this.#ends = () => resolve(undefined);
    });
    const result = await Promise.race([work(() => endsAt - scheduler.now()), death]);
    this.#ends = undefined;
    for (const kill of kills) scheduler.cancel(kill);
    return result;
  }
}

function openActorPorts(core: Core, actor: Actor): Ports {
  const { scheduler } = core.simulation;
  const { skewMs } = core.faults.current;
  const skew = skewMs === 0 ? 0 : actor.random.int(-skewMs, skewMs);
  const now = () => scheduler.now() + skew;
  const random = () => actor.random.float();
  const table = new MemoryTable(core.table, actor);
  return {
    now,
    wait: (milliseconds) => actor.sleep(milliseconds),
    random,
    id: () => actor.random.uuid(),
    timeout: (milliseconds) => actor.timeout(milliseconds),
    fetch: openFetch(core, actor),
    table: core.deployments.current.isLaterVersion ? laterTable(table, now, random) : table,
    queue: openMemoryQueue(core.queues, actor),
    bodies: openMemoryBodies(core.bodies, BUCKET, actor),
    secret: (name) => port(actor, { name: 'secret.get', key: name }, () => secretText(name)),
    line: (text) => core.listeners.line?.(actor.name, text),
  };
}
