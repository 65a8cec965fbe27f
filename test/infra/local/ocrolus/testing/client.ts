import type { Simulator } from '../../../../../infra/local/ocrolus/simulator.ts';
import type { Delivery } from '../../../../../infra/local/ocrolus/webhooks/delivery.ts';

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed text; `undefined` when it is no JSON. */
  readonly body: unknown;
}

/** Asks the simulator as an API client with a token would. */
export async function signIn(simulator: Simulator) {
  const token = await grant(simulator);
  const authorization = `Bearer ${token}`;
  const send = (
    method: string,
    target: string,
    body?: RequestInit['body'],
    headers: Record<string, string> = {},
  ) =>
    ask(`${simulator.url}${target}`, {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  return {
    get: (target: string) => send('GET', target),
    send,
    sendJson: (method: string, target: string, body: unknown) =>
      send(method, target, JSON.stringify(body), { 'content-type': 'application/json' }),
  };
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString();
  const contentType = response.headers.get('content-type');
  return { status: response.status, contentType, bytes, text, body: parsed(text) };
}

/** The default credentials, as JSON. */
export async function grant(simulator: Simulator): Promise<unknown> {
  const { body } = await ask(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'simulator-client',
      client_secret: 'simulator-client-secret',
    }),
  });
  return field(body, 'access_token');
}

/** Calls to paths that Ocrolus does not have, or not with that method. */
export function unknownPaths({ calls }: Simulator) {
  return calls.filter(({ operation }) => operation === undefined);
}

/**
 * Posts any body as a delivery of an event. Text goes out as it is, anything else as JSON.
 *
 * @returns what became of it; the first record when several webhooks have subscribed.
 */
export async function deliver(
  { deliveries }: Simulator,
  eventName: string,
  body: unknown,
): Promise<Delivery> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const [first] = await deliveries.send(eventName, text);
  if (first === undefined) throw new Error('a delivery without a record');
  return first;
}

/** A member deep inside a parsed body, by names and positions. */
export function field(body: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    body,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
