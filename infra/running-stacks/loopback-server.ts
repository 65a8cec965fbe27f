import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Env, Hono } from 'hono';

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Closes at once, and aborts open requests. */
  stop(): Promise<void>;
}

/** Serves an app on loopback, as {@link listen}. */
export function serveApp<E extends Env>({ fetch }: Hono<E>, port?: number): Promise<RunningServer> {
  return listen(createServer(getRequestListener(fetch, { overrideGlobalObjects: false })), port);
}

export function newToken(): string {
  return randomBytes(24).toString('hex');
}

export function isSameToken(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Listens on loopback.
 *
 * @param port 0 takes a free one.
 * @throws Error if the port is taken.
 */
export async function listen(server: Server, port = 0): Promise<RunningServer> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  server.off('error', listening.reject);
  // Longer than clients keep their connections, so that none is closed during a request.
  server.keepAliveTimeout = 75_000;
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
