import { subscribe } from 'node:diagnostics_channel';
import type { FunctionCall } from './protocol.ts';

/** Data that undici publishes about a request (Node.js: undici, diagnostics channel support). */
interface Published {
  readonly request: { readonly origin?: unknown; readonly method?: string; readonly path?: string };
  readonly response?: { readonly statusCode?: number };
}

/** Reports every request of `fetch` to an origin, once its answer has arrived completely, or has failed. */
export function watchCalls(origin: string, report: (call: FunctionCall) => void): void {
  const open = new WeakMap<object, { at: number; status: number }>();
  const on = (event: string, listener: (published: Published) => void) =>
    subscribe(`undici:request:${event}`, (message) => listener(message as Published));
  const end = ({ request }: Published) => {
    const started = open.get(request);
    if (started === undefined) return;
    open.delete(request);
    const { method = '', path = '' } = request;
    report({ ...started, method, path, ms: Date.now() - started.at });
  };
  on('create', ({ request }) => {
    if (String(request.origin) === origin) open.set(request, { at: Date.now(), status: 0 });
  });
  on('headers', ({ request, response }) => {
    const started = open.get(request);
    if (started !== undefined) started.status = response?.statusCode ?? 0;
  });
  on('trailers', end);
  on('error', end);
}
