import type { Organization } from '../state/organization.ts';
import { json, Refusal, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** What a route gets to know. */
export interface Call extends ApiRequest {
  readonly organization: Organization;
  readonly params: Readonly<Record<string, string>>;
  /** Where this simulator listens; for URLs inside bodies. */
  readonly origin: string;
}

export interface Route {
  /** The vendor's name of the call (`operationId`). */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` matches one segment. */
  readonly path: string;
  /** One of the heavy analytics calls (docs/ocrolus.md#rate-limit). */
  readonly isHeavy?: true;
  /** Not an API call: no token wanted, no rate limit. */
  readonly isOpen?: true;
  readonly answer: (call: Call) => Reply | Promise<Reply>;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export function findRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const segments = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchPath(route.path.split('/'), segments);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith(':') && actual !== '') params[expected.slice(1)] = safeDecode(actual);
    else if (expected !== actual) return undefined;
  }
  return params;
}

function safeDecode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An unknown route is HTTP 200 with this body (docs/ocrolus.md#envelopes: observed). */
export const UNKNOWN_PATH: Reply = json(200, { status: 400, code: 404 });

/** Runs a route and applies the setting `envelopes`. */
export async function answer({ route }: Match, call: Call): Promise<Reply> {
  const reply = await refusalAsReply(() => route.answer(call));
  return styled(reply, call.organization.options.envelopes);
}

export function styled(reply: Reply, envelopes: 'http' | 'body'): Reply {
  return reply.isV1Error && envelopes === 'body' ? { ...reply, status: 200 } : reply;
}

async function refusalAsReply(run: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}
