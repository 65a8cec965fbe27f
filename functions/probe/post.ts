import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

/** Ocrolus waits 5 seconds. */
const TIMEOUT_MS = 5000;

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts a message to a URL.
 *
 * @param address IPv4 address to connect to, in place of those of the URL's host, which stays the host of the request
 *   and of the certificate.
 * @returns the status of the answer. @throws the error of Node, or `TimeoutError`.
 */
export function post(url: string, { headers, body }: Message, address?: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = url.startsWith('http:') ? requestHttp : requestHttps;
  const outgoing = request(url, {
    method: 'POST',
    headers,
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(address !== undefined && { lookup: always(address) }),
  });
  outgoing.on('error', reject);
  outgoing.on('response', (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  outgoing.end(body);
  return promise;
}

function always(address: string): LookupFunction {
  return (_host, { all }, done) => {
    if (all === true) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  };
}
