import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { isSameToken } from '../running-stacks/loopback-server.ts';

/**
 * Admits only requests of a browser on this machine for this page, with the token:
 * - the host must be loopback by name or number: another name that leads here is DNS rebinding;
 * - an `Origin`, if there is one, must be the console's own;
 * - the first part of the path must be the token.
 */
export function admit(token: string): MiddlewareHandler {
  return async ({ req, text }, next) => {
    const host = req.header('host') ?? '';
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return text('foreign host', 403);
    const origin = req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) return text('foreign origin', 403);
    if (!isSameToken(req.path.split('/')[1] ?? '', token)) {
      return text('Open the address that was printed: it carries a token.', 401);
    }
    return next();
  };
}

/**
 * Refuses a request with a larger body, or with one of unknown length, which no browser sends. Hono's `bodyLimit` wraps the
 * request in a `Request` of another class than the server's, and fails.
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async ({ req, text }, next) => {
    const isUnknown = req.header('transfer-encoding') !== undefined;
    if (isUnknown || Number(req.header('content-length') ?? 0) > maxBytes) return text('too large', 413);
    return next();
  };
}

/** @param inlineScript the only script in the page itself, its import map. */
export function protect(inlineScript: string): MiddlewareHandler {
  const hash = createHash('sha256').update(inlineScript).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return async ({ header }, next) => {
    await next();
    header('content-security-policy', policy);
    header('x-content-type-options', 'nosniff');
    // The token is in the address.
    header('referrer-policy', 'no-referrer');
    header('cross-origin-opener-policy', 'same-origin');
    header('cross-origin-resource-policy', 'same-origin');
    header('cache-control', 'no-store');
  };
}
